"""Which binary is started, and that one which is missing, foreign or old costs one line on the logger and no more."""

from __future__ import annotations

import os
import shutil
import struct

from host_program import INIT, OFF_LINE, PROBE, SOURCES, STREAM, TOLD_NOW, HostTest

# The beginning of a Linux program for a machine that doesn't exist.
FOREIGN = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 0xBEEF, 1, 0, 64, 0, 0, 64, 56, 0, 64, 0, 0)
# What begins as a program does, for whoever only looks for one.
PROGRAM = "MZ"


class BinaryTest(HostTest):
    def run_thrice(self, **variables: str) -> str:
        return self.run_host("log_to_stdout(); track('A'); track('B'); identify({}); print(enabled())", **variables)

    def test_without_a_usable_binary_nothing_happens_but_one_line(self) -> None:
        foreign = self.install(self.folder, "foreign", "")
        with open(foreign, "wb") as file:
            file.write(FOREIGN)
        plain = self.install(self.folder, "plain", mode=0o600)
        on_path = os.path.dirname(self.install(os.path.join(self.folder, "bad"), text=PROGRAM, mode=0o600))
        no_execution = "may not be executed: its mode or its file system doesn't allow it"
        for path, reason in [
            (os.path.join(self.folder, "missing"), "RASA_TELEMETRY_BINARY is not a file"),
            (self.folder, "RASA_TELEMETRY_BINARY is not a file"),
            (plain, "RASA_TELEMETRY_BINARY " + no_execution),
            (self.install(self.folder, "text", "no program"), "RASA_TELEMETRY_BINARY is not a program"),
            (foreign, "RASA_TELEMETRY_BINARY is made for another machine"),
            (os.path.relpath(self.binary, self.folder), "RASA_TELEMETRY_BINARY is not an absolute path"),
            ("rasa-telemetry", "RASA_TELEMETRY_BINARY is not an absolute path"),
            ("", "there is no rasa-telemetry binary"),
        ]:
            with self.subTest(path=path):
                self.assertEqual(self.run_thrice(RASA_TELEMETRY_BINARY=path), OFF_LINE % reason + "False\n")
                self.assertEqual(self.started, [])
        out = self.run_thrice(RASA_TELEMETRY_BINARY="", PATH=on_path)
        self.assertEqual(out, OFF_LINE % ("there is no rasa-telemetry binary: one " + no_execution) + "False\n")

    def test_a_binary_that_cannot_start_is_tried_once_and_its_words_are_for_the_log(self) -> None:
        for text, words in [
            ("#!/missing/interpreter\n", "not found"),
            ("#!/bin/sh\necho >&2; echo 'A panic in red: \033[31m' >&2; echo more >&2; exit 101\n", "red: ?[31m"),
            ("#!/bin/sh\nkill -TRAP $$\n", "it said nothing"),
        ]:
            with self.subTest(text=text):
                binary = self.install(self.folder, "broken", text)
                out = self.run_thrice(RASA_TELEMETRY_BINARY=binary)
                self.assertRegex(
                    out,
                    "^rasa_telemetry DEBUG Telemetry does nothing in this process: "
                    "the binary can't be started: [^\n]*\nFalse\n$",
                )
                self.assertIn(words, out)
                self.assertEqual(self.started, [PROBE])
                self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("core")], [])

    def test_a_stream_that_cannot_start_is_tried_once(self) -> None:
        out = self.run_host(
            """
log_to_stdout()
track("A")
child = stream().child
wait_until(lambda: child.look() or child.has_ended)
track("B")
track("C")
print(enabled())
""",
            STANDIN_EXIT="2",
            STANDIN_WORDS="rasa-telemetry: no such command\n",
        )
        words = "the binary can't be started: rasa-telemetry: no such command"
        self.assertEqual(out, OFF_LINE % words + "False\n")
        self.assertEqual(self.started, [PROBE, INIT, STREAM])

    def test_a_binary_that_goes_away_is_tried_once_more(self) -> None:
        out = self.run_host("""
track("A")
close()
wait_for("end")
os.remove(os.environ["RASA_TELEMETRY_BINARY"])
log_to_stdout()
def until_off():
    track("B")
    return stream().unusable
wait_until(until_off)
track("C")
""")
        self.assertRegex(out, "^rasa_telemetry DEBUG .*: the binary can't be started: [^\n]*not found\n$")
        self.assertEqual(self.started, [PROBE, INIT, STREAM, STREAM])

    def test_the_binary_is_the_named_one_or_beside_the_package_or_on_the_path(self) -> None:
        site = os.path.join(self.folder, "env", "lib", "python3", "site-packages")
        shutil.copytree(SOURCES, site, ignore=shutil.ignore_patterns("__pycache__"))
        on_path = self.install(os.path.join(self.folder, "on_path"), text=PROGRAM)
        path = os.pathsep.join([os.path.join(self.folder, "missing"), os.path.dirname(on_path)])
        self.check_found(on_path, PYTHONPATH=site, PATH=path)
        for place in ["env/bin", "env/lib/python3/site-packages/bin", "env/lib/python3/site-packages/rasa_telemetry"]:
            found = self.install(os.path.join(self.folder, *place.split("/")), text=PROGRAM)
            self.check_found(found, PYTHONPATH=site, PATH=path)
        self.check_found(self.binary, PYTHONPATH=site, PATH=path, RASA_TELEMETRY_BINARY=self.binary)

    def test_the_command_of_a_wheel_is_not_the_binary(self) -> None:
        commands = os.path.dirname(self.install(os.path.join(self.folder, "commands")))
        self.check_found("None", PATH=commands)
        behind = self.install(os.path.join(self.folder, "behind"), text=PROGRAM)
        self.check_found(behind, PATH=os.pathsep.join([commands, os.path.dirname(behind)]))

    def test_a_relative_entry_of_the_path_is_not_searched(self) -> None:
        self.install(self.folder, text=PROGRAM)
        self.install(os.path.join(self.folder, "bin"), text=PROGRAM)
        self.check_found("None", PATH=os.pathsep.join([".", "", "bin"]))

    def test_another_working_folder_changes_nothing(self) -> None:
        self.run_host("track('A'); close(); os.chdir('/'); track('B')")
        self.check_streams((STREAM, ["A"]), (STREAM, ["B"]))

    def test_a_working_folder_that_was_deleted_is_no_hindrance(self) -> None:
        os.mkdir(os.path.join(self.folder, "gone"))
        self.run_host("os.chdir('gone'); os.rmdir('../gone'); track('A')", STANDIN_INIT=TOLD_NOW)
        (stream,) = self.streams(1)
        self.assertEqual(stream["cwd"], "/")

    def check_found(self, expected: str, **variables: str) -> None:
        out = self.run_host("print(binary_path())", **{"RASA_TELEMETRY_BINARY": "", **variables})
        self.assertEqual(out, expected + "\n")
