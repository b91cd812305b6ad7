"""Which binary is started, and that one which is missing, foreign or old costs one line on the logger and no more."""

from __future__ import annotations

import os
import shutil
import struct

from host_program import HostTest, INIT_STARTED, MODULE, OFF_LINE, STREAM, STREAM_STARTED

# The beginning of a Linux program for a machine that doesn't exist.
FOREIGN = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 0xBEEF, 1, 0, 64, 0, 0, 64, 56, 0, 64, 0, 0)


class BinaryTest(HostTest):
    def run_thrice(self, **variables: str) -> str:
        return self.run_host("log_to_stdout(); track('A'); track('B'); identify({}); print(enabled())", **variables)

    def test_without_a_usable_binary_nothing_happens_but_one_line(self) -> None:
        named = "RASA_TELEMETRY_BINARY is not a program"
        for path, reason in [
            (os.path.join(self.folder, "missing"), named),
            (self.folder, named),
            (self.install(self.folder, "plain", mode=0o600), named),
            ("", "there is no rasa-telemetry binary"),
        ]:
            with self.subTest(path=path):
                self.assertEqual(self.run_thrice(RASA_TELEMETRY_BINARY=path), OFF_LINE % reason + "False\n")
                self.assertEqual(self.started, [])

    def test_a_binary_that_the_system_refuses_is_tried_once(self) -> None:
        foreign = self.install(self.folder, "foreign", "")
        with open(foreign, "wb") as file:
            file.write(FOREIGN)
        for binary, reason in [
            (self.install(self.folder, "text", "no program"), "Exec format error"),
            (foreign, "Exec format error"),
            (self.install(self.folder, "no_interpreter", "#!/missing/interpreter\n"), "No such file or directory"),
        ]:
            with self.subTest(binary=binary):
                out = self.run_thrice(RASA_TELEMETRY_BINARY=binary)
                self.assertEqual(out, OFF_LINE % ("the binary can't be started (%s)" % reason) + "False\n")
                self.assertEqual(self.started, [INIT_STARTED])

    def test_a_binary_that_knows_no_stream_is_tried_once(self) -> None:
        out = self.run_host(
            """
log_to_stdout()
track("A")
wait_until(lambda: has_ended(rasa_telemetry._stream.child))
track("B")
track("C")
print(enabled())
""",
            STANDIN_EXIT="2",
        )
        self.assertEqual(out, OFF_LINE % "the binary is older than this module and has no `stream`" + "False\n")
        self.assertEqual(self.started, [INIT_STARTED, STREAM_STARTED])

    def test_a_binary_that_knows_no_stream_is_noticed_at_the_end(self) -> None:
        out = self.run_host(
            "log_to_stdout(); track('A'); wait_until(lambda: has_ended(rasa_telemetry._stream.child))",
            STANDIN_EXIT="2",
        )
        self.assertEqual(out, OFF_LINE % "the binary is older than this module and has no `stream`")
        self.assertEqual(self.started, [INIT_STARTED, STREAM_STARTED])

    def test_a_binary_that_goes_away_is_tried_once_more(self) -> None:
        out = self.run_host("""
track("A")
close()
wait_for("end")
os.remove(os.environ["RASA_TELEMETRY_BINARY"])
log_to_stdout()
track("B")
track("C")
""")
        self.assertEqual(out, OFF_LINE % "the binary can't be started (No such file or directory)")
        # The second way of starting it is what finds out why the first failed.
        self.assertEqual(self.started, [INIT_STARTED, STREAM_STARTED, STREAM_STARTED, ["Popen", "stream"]])

    def test_the_binary_is_the_named_one_or_beside_the_module_or_on_the_path(self) -> None:
        beside, on_path = (os.path.join(self.folder, name) for name in ("beside", "on_path"))
        os.mkdir(beside)
        shutil.copy(MODULE, beside)
        on_path_binary = self.install(on_path)
        path = os.pathsep.join([os.path.join(self.folder, "missing"), on_path])
        self.check_binary(on_path_binary, PYTHONPATH=beside, PATH=path, RASA_TELEMETRY_BINARY="")
        beside_binary = self.install(beside)
        self.check_binary(beside_binary, PYTHONPATH=beside, PATH=path, RASA_TELEMETRY_BINARY="")
        self.check_binary(self.binary, PYTHONPATH=beside, PATH=path)
        relative = os.path.relpath(self.binary, self.folder)
        self.check_binary(self.binary, PYTHONPATH=beside, PATH=path, RASA_TELEMETRY_BINARY=relative)

    def check_binary(self, expected: str, **variables: str) -> None:
        self.run_host("track('A'); close(); os.chdir('/'); track('B')", **variables)
        self.check_streams((STREAM, ["A"]), (STREAM, ["B"]))
        self.assertEqual(
            [line["argv"][0] for kind in ("init", "start") for line in self.recorded(kind)], [expected] * 3
        )

    def test_a_relative_entry_of_the_path_is_not_searched(self) -> None:
        self.install(self.folder)
        out = self.run_thrice(RASA_TELEMETRY_BINARY="", PATH=os.pathsep.join([".", "", "binary"]))
        self.assertEqual(out, OFF_LINE % "there is no rasa-telemetry binary" + "False\n")
        self.assertEqual(self.started, [])
