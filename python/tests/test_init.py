"""What `init` decides, for whom and how long: other interpreters, changed variables, debug mode, the command line."""

from __future__ import annotations

import os
import pty
import sys
from typing import Any, List

from host_program import INIT, OFF_LINE, PROBE, STOPPED, STREAM, SWITCHED_OFF, TOLD_BEFORE, TOLD_NOW, HostTest

SENSELESS = OFF_LINE % "`init` gave no answer that makes sense"

# Another interpreter, which the host starts.
ANOTHER = """
def another(**changes):
    program = "import rasa_telemetry; rasa_telemetry.track('Shell Started'); print(rasa_telemetry.enabled())"
    command = [sys.executable, "-S", "-X", "dev", "-W", "error", "-c", program]
    out = subprocess.run(command, env={**os.environ, **changes}, stdout=subprocess.PIPE, check=True).stdout
    print("child", out.decode().strip(), flush=True)
"""

# What a host does that says no, so that `init` says no too.
SAY_NO = (
    """
os.environ.update(DO_NOT_TRACK="1", STANDIN_INIT=%r)
"""
    % SWITCHED_OFF
)

# A host whose controlling terminal is on its standard input and standard error, and nothing else is.
TERMINAL = """
import termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.dup2(0, 2)
"""

# A binary that sets the terminal as for a question, and waits.
ASKING = """#!{python} -IS
import os, signal, sys, termios
if sys.argv[1] == "--version":
    sys.exit()
modes = termios.tcgetattr(0)
modes[3] &= ~termios.ECHO
termios.tcsetattr(0, termios.TCSANOW, modes)
with open(os.environ["STANDIN_LOG"], "a") as log:
    log.write("init %d {{}}\\n" % os.getpid())
signal.alarm(20)
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.pause()
"""


class InitTest(HostTest):
    def test_init_decides_what_the_process_does(self) -> None:
        for answer, said in [
            (TOLD_BEFORE, "True\n"),
            (TOLD_NOW, "True\n"),
            ('{"enabled": true}', "True\n"),
            (SWITCHED_OFF, OFF_LINE % "it is off" + "False\n"),
            ('{"shown": true, "answer": false, "enabled": false}', OFF_LINE % "it is off" + "False\n"),
            ("", SENSELESS + "False\n"),
            ("nonsense", SENSELESS + "False\n"),
            ("\udcff", SENSELESS + "False\n"),
            ("[" * 100_000, SENSELESS + "False\n"),
            ("true", SENSELESS + "False\n"),
            ('{"shown": true}', SENSELESS + "False\n"),
            ('{"shown": "true", "enabled": 0}', SENSELESS + "False\n"),
        ]:
            with self.subTest(answer=answer[:50]):
                out = self.run_host(
                    "log_to_stdout(); track('A'); identify({'b': 1}); print(enabled())",
                    STANDIN_INIT=answer,
                    STANDIN_NOTICE="the notice\n",
                    stderr="the notice\n",
                )
                self.check_inits(1)
                self.check_streams(*([(STREAM, ["A", {"b": 1}])] if said == "True\n" else []))
                self.assertEqual(out, said)

    def test_enabled_asks_and_starts_nothing_else(self) -> None:
        for answer, said in [(TOLD_NOW, "True"), (SWITCHED_OFF, "False")]:
            with self.subTest(answer=answer):
                out = self.run_host("print(enabled(), enabled())", STANDIN_INIT=answer)
                self.assertEqual(out, "%s %s\n" % (said, said))
                self.assertEqual(self.started, [PROBE, INIT])

    def test_where_telemetry_is_off_there_is_one_line_and_nothing_is_gathered(self) -> None:
        out = self.run_host(
            "log_to_stdout(); track('A'); track('B', None); identify({});print(len(_encode._found))",
            STANDIN_INIT=SWITCHED_OFF,
        )
        self.assertEqual(out, OFF_LINE % "it is off" + "0\n")
        self.assertEqual(self.started, [PROBE, INIT])

    def test_a_passing_fault_of_the_system_when_init_is_started_stops_no_event(self) -> None:
        self.run_host("""
import errno
def fail(*_, **__): raise OSError(errno.EMFILE, "a secret")
_init.run_init = fail
track("A")
""")
        self.check_inits(0)
        self.check_streams((STREAM, ["A"]))

    def test_init_that_does_not_end_is_killed_and_nothing_is_reported(self) -> None:
        out = self.run_host(
            """
log_to_stdout()
hold()
_init._INIT_SECONDS = 0.5
track("A")
track("B")
print(enabled(), flush=True)
""",
            STANDIN_WAITER="init",
        )
        self.assertEqual(out, OFF_LINE % "`init` doesn't end" + "False\n")
        self.assertEqual(self.started, [PROBE, INIT])

    def test_init_has_two_seconds_and_where_it_can_ask_thirty_more(self) -> None:
        for asks in (False, True):
            with self.subTest(asks=asks):
                out = self.run_on_terminal(
                    ("" if asks else "os.close(2); os.open(os.devnull, os.O_WRONLY)\n")
                    + """
run = _init._run
def note(command, seconds, **options):
    print(seconds)
    return run(command, 20, **options)
_init._run = note
_init._INIT_SECONDS = usual_init_seconds
enabled()
"""
                )
                self.assertEqual(out, "2.0\n32.0\n" if asks else "2.0\n2.0\n")

    def test_an_interrupt_while_init_runs_reaches_the_host_and_nothing_is_reported(self) -> None:
        for call, frames in [("track('A')", ["<module>", "track", "record"]), ("enabled()", ["<module>", "enabled"])]:
            with self.subTest(call=call):
                out = self.run_host(
                    """
import traceback
log_to_stdout()
hold()
thread = signal_during("init", signal.SIGINT)
try:
    CALL
except KeyboardInterrupt as error:
    print([frame.name for frame in traceback.extract_tb(error.__traceback__)])
thread.join()
track("B")
print(enabled(), flush=True)
""".replace("CALL", call),
                    STANDIN_WAITER="init",
                )
                self.assertEqual(
                    out, OFF_LINE % "waiting for `init` ended with KeyboardInterrupt" + "%s\nFalse\n" % frames
                )
                self.assertEqual(self.started, [PROBE, INIT])

    def test_a_terminal_is_left_as_it_was_where_the_question_is_broken_off(self) -> None:
        binary = self.install(self.folder, "asking", ASKING.format(python=sys.executable))
        for way, seconds, reason in [
            ("os.write(controller, b'\\x03')", 20, "waiting for `init` ended with KeyboardInterrupt"),
            ("pass", 2, "`init` doesn't end"),
        ]:
            with self.subTest(way=way):
                out = self.run_on_terminal(
                    """
log_to_stdout()
modes = termios.tcgetattr(0)
def end():
    wait_for("init")
    assert termios.tcgetattr(0) != modes
    %s
thread = threading.Thread(target=end)
thread.start()
_init._INIT_SECONDS = %d
_init._QUESTION_SECONDS = 0
try:
    track("A")
except KeyboardInterrupt:
    pass
thread.join()
print(termios.tcgetattr(0) == modes)
"""
                    % (way, seconds),
                    RASA_TELEMETRY_BINARY=binary,
                )
                self.assertEqual(out, OFF_LINE % reason + "True\n")

    def run_on_terminal(self, program: str, **variables: Any) -> str:
        """Runs a host program on a terminal of its own, whose other end is `controller`."""
        controller, terminal = pty.openpty()
        try:
            start = TERMINAL + "controller = %d\n" % controller
            return self.run_host(start + program, stdin=terminal, pass_fds=[controller], **variables)
        finally:
            os.close(controller)
            os.close(terminal)

    def test_threads_whose_first_events_come_together_ask_once_and_lose_nothing(self) -> None:
        self.run_host("""
barrier = threading.Barrier(8)
def report(number):
    barrier.wait()
    track("A%d" % number)
threads = [threading.Thread(target=report, args=(number,)) for number in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""")
        self.check_inits(1)
        (stream,) = self.streams(1)
        self.assertEqual(sorted(line["event"] for line in stream["lines"]), ["A%d" % number for number in range(8)])

    def test_only_the_thread_that_asks_waits_for_the_answer(self) -> None:
        out = self.run_host(
            """
hold()
thread = threading.Thread(target=track, args=("First",))
thread.start()
wait_for("init")
for _ in range(3):
    track("Second")
print("went on", flush=True)
asking = threading.Thread(target=lambda: print(enabled()))
asking.start()
assert asking.is_alive()
release()
asking.join()
thread.join()
""",
            STANDIN_WAITER="init",
        )
        self.assertEqual(out, "went on\nTrue\n")
        (stream,) = self.streams(1)
        self.assertEqual(sorted(line["event"] for line in stream["lines"]), ["First"] + ["Second"] * 3)

    def test_what_waits_for_the_answer_is_bounded(self) -> None:
        self.run_host(
            """
hold()
thread = threading.Thread(target=track, args=("First",))
thread.start()
wait_for("init")
for number in range(1_100):
    track("Second", {"number": number})
release()
thread.join()
""",
            STANDIN_WAITER="init",
        )
        (stream,) = self.streams(1)
        numbers = [line["properties"]["number"] for line in stream["lines"] if line["event"] == "Second"]
        self.assertEqual(numbers, list(range(1_000)))

    def test_a_signal_handler_may_report_and_ask_while_init_runs(self) -> None:
        out = self.run_host(
            """
hold()
def handle(*_):
    track("From the handler")
    print(enabled())
    release()
signal.signal(signal.SIGUSR1, handle)
thread = signal_during("init", signal.SIGUSR1)
track("A")
thread.join()
""",
            STANDIN_WAITER="init",
        )
        self.assertEqual(out, "True\n")
        self.check_inits(1)
        (stream,) = self.streams(1)
        self.assertEqual(sorted(line["event"] for line in stream["lines"]), ["A", "From the handler"])

    def test_init_gets_the_terminal_in_the_foreground_alone(self) -> None:
        controller, terminal = pty.openpty()
        self.addCleanup(os.close, controller)
        self.addCleanup(os.close, terminal)
        self.run_host(
            """
import termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    track("In the background")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
track("In the foreground")
""",
            stdin=terminal,
        )
        self.check_streams((STREAM, ["In the background"]), (STREAM, ["In the foreground"]))
        self.assertEqual([line["terminal"] for line in self.recorded("init")], [False, True])


class InterpretersTest(HostTest):
    def test_an_interpreter_that_a_host_starts_asks_for_itself(self) -> None:
        for answer, said in [(TOLD_BEFORE, "True"), (SWITCHED_OFF, "False")]:
            with self.subTest(answer=answer):
                out = self.run_host(
                    ANOTHER + "track('Parent'); another(STANDIN_INIT=%r)" % answer, STANDIN_INIT=TOLD_NOW
                )
                self.check_inits(2)
                self.check_streams((STREAM, ["Parent"]), *([(STREAM, ["Shell Started"])] if said == "True" else []))
                self.assertEqual(out, "child %s\n" % said)

    def test_the_environment_of_the_host_stays_as_it_was(self) -> None:
        out = self.run_host("""
del sys.modules["rasa_telemetry"]
before = dict(os.environ)
import rasa_telemetry
rasa_telemetry.track("A")
rasa_telemetry.close()
print(os.environ == before, rasa_telemetry.enabled())
""")
        self.assertEqual(out, "True True\n")
        self.check_streams((STREAM, ["A"]))


class ChangeTest(HostTest):
    def check_dropped(self, lines: List[str], inits: int) -> None:
        """Checks what the one child had read when it was killed."""
        self.check_inits(inits)
        self.assertEqual(([line["line"]["event"] for line in self.recorded("line")], self.count("end")), (lines, 0))
        self.assertEqual(self.started.count(STREAM), 1)

    def test_a_no_of_the_host_holds_from_the_next_event_on_and_ends_the_child(self) -> None:
        for first in ["track('B')", "track('Story Visualization Started')", "identify({})", "enabled()"]:
            with self.subTest(first=first):
                out = self.run_host(
                    "track('A')\nwait_for('line')\nchild = stream().child"
                    + SAY_NO
                    + first
                    + "\nwait_until(lambda: has_ended(child))\ntrack('C')\nprint(enabled())"
                )
                self.assertEqual(out, "False\n")
                self.check_dropped(["A"], inits=1)

    def test_a_change_of_any_variable_asks_anew(self) -> None:
        for name in ["RASA_TELEMETRY_HOME", "HOME", "RASA_LICENSE"]:
            with self.subTest(name=name):
                self.run_host("track('A'); wait_for('line'); os.environ[%r] = '/x'; track('B')" % name)
                self.check_inits(2)
                self.wait_until(lambda: self.count("end") == 1)
                self.assertEqual([line["line"]["event"] for line in self.recorded("line")], ["A", "B"])
        binary = self.install(os.path.join(self.folder, "other"))
        self.run_host("enabled(); os.environ['RASA_TELEMETRY_BINARY'] = %r; enabled()" % binary)
        self.assertEqual([init["argv"][0] for init in self.recorded("init")], [self.binary, binary])

    def test_a_no_that_is_taken_back_holds_no_more(self) -> None:
        self.run_host(
            SAY_NO + "track('A')\ntrack('Story Visualization Started')\n"
            "del os.environ['DO_NOT_TRACK']; os.environ['STANDIN_INIT'] = %r\n"
            % TOLD_BEFORE
            + "track('Story Visualization Started')"
        )
        self.check_inits(1)
        self.check_streams((STREAM, ["Story Visualization Started"]))

    def test_what_the_child_has_not_read_when_the_host_says_no_is_read_by_nobody(self) -> None:
        for end, inits in [("track('B')", 1), ("track('B'); close()", 1), ("close()", 1), ("", 1)]:
            with self.subTest(end=end):
                self.run_host(STOPPED + "for _ in range(5): track('A')\n" + SAY_NO + end)
                self.check_dropped(["First"], inits)

    def test_a_child_that_was_let_go_is_killed_too(self) -> None:
        self.run_host(
            STOPPED
            + "track('A'); close()"
            + SAY_NO
            + "track('B'); wait_until(lambda: has_ended(child)); assert not stream().collect()"
        )
        self.check_dropped(["First"], inits=1)

    def test_no_thread_reports_anything_after_the_host_said_no(self) -> None:
        self.run_host(
            """
track("First")
wait_for("line")
child = stream().child
said_no = threading.Event()
def report():
    while not said_no.is_set():
        track("Before")
    for _ in range(50):
        track("After")
threads = [threading.Thread(target=report) for _ in range(4)]
for thread in threads: thread.start()
wait_for("line", 20)
SAY_NO
said_no.set()
for thread in threads: thread.join()
wait_until(lambda: has_ended(child))
""".replace("SAY_NO", SAY_NO)
        )
        self.check_inits(1)
        self.assertEqual({line["line"]["event"] for line in self.recorded("line")}, {"First", "Before"})
        self.assertEqual(self.count("end"), 0)

    def test_a_no_that_comes_while_init_runs_is_asked_for_after_it(self) -> None:
        self.run_host(
            """
hold()
thread = threading.Thread(target=track, args=("First",))
thread.start()
wait_for("init")
SAY_NO
track("Second")
release()
thread.join()
assert not enabled()
""".replace("SAY_NO", SAY_NO),
            STANDIN_WAITER="init",
        )
        self.check_inits(1)
        self.check_streams()

    def test_a_no_of_a_handler_that_interrupts_init_outlives_its_answer(self) -> None:
        self.run_host(
            """
hold()
def handle(*_):
    release()
    SAY_NO
    assert not enabled()
signal.signal(signal.SIGUSR1, handle)
thread = signal_during("init", signal.SIGUSR1)
track("A")
thread.join()
assert not enabled()
""".replace("    SAY_NO", "    " + SAY_NO.strip()),
            STANDIN_WAITER="init",
        )
        self.check_inits(1)
        self.check_streams()

    def test_a_no_of_a_forked_process_is_its_own(self) -> None:
        self.run_host(
            """
track("Parent")
child = os.fork()
if child == 0:
    SAY_NO
    track("Child")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
track("Parent again")
""".replace("    SAY_NO", "    " + SAY_NO.strip())
        )
        self.check_inits(1)
        self.check_streams((STREAM, ["Parent", "Parent again"]))

    def test_debug_mode_begins_with_the_next_event(self) -> None:
        out = self.run_host(
            "track('A'); wait_for('line'); os.environ['RASA_TELEMETRY_DEBUG'] = '1'; track('B')",
            stderr="report B\n",
        )
        self.assertEqual(out, "")
        self.check_inits(1)


class DebugTest(HostTest):
    def test_debug_mode_shows_what_the_child_prints_before_the_host_ends_and_asks_nothing(self) -> None:
        for value in ["true", "YES", "1", "2", "debug", "y", "true\r", " "]:
            with self.subTest(value=value):
                out = self.run_host(
                    "track('A'); track('B'); print(enabled(), flush=True)",
                    RASA_TELEMETRY_DEBUG=value,
                    stderr="report A\nreport B\n",
                )
                self.assertEqual(out, "True\n")
                self.assertEqual(self.started, [STREAM])

    def test_a_value_that_says_no_is_no_debug_mode(self) -> None:
        for value in ["", "0", "false", "No", "OFF"]:
            with self.subTest(value=value):
                self.assertEqual(self.run_host("track('A')", RASA_TELEMETRY_DEBUG=value), "")
                self.check_inits(1)
                self.check_streams((STREAM, ["A"]))

    def test_debug_mode_waits_for_the_child_only_so_long(self) -> None:
        out = self.run_host(
            """
hold()
_recorder._DEBUG_SECONDS = 0.05
track("A")
close()
print("after", flush=True)
release()
wait_for("end")
""",
            STANDIN_WAITER="stream",
            RASA_TELEMETRY_DEBUG="true",
            stderr="report A\n",
        )
        self.assertEqual(out, "after\n")


class ChoiceTest(HostTest):
    def test_a_choice_is_stored_quietly_and_ends_what_was_known_before(self) -> None:
        for choice, command in [("True", "enable"), ("False", "disable")]:
            with self.subTest(choice=choice):
                text = '#!/bin/sh\n[ "$1" != %s ] || exit 0\nexec "%s" "$@"\n' % (command, self.binary)
                binary = self.install(self.folder, "choosing", text)
                program = "track('A'); print(set_enabled(%s)); track('B')" % choice
                self.assertEqual(self.run_host(program, RASA_TELEMETRY_BINARY=binary), "None\n")
                self.assertEqual(self.started.count([command, "--quiet"]), 1)
                self.check_inits(2)
                self.check_streams((STREAM, ["A"]), (STREAM, ["B"]))

    def test_a_choice_that_is_not_stored_ends_the_program_with_a_message_and_the_code(self) -> None:
        said = "rasa-telemetry: Cannot switch telemetry off: a licence\n"
        variables = {"STANDIN_EXIT": "3", "STANDIN_NOTICE": said}
        self.run_host("set_enabled(False)", code=3, stderr=said, **variables)
        out = self.run_host(
            """
try:
    set_enabled(False)
except ChoiceNotStored as error:
    print(error.code, error.message)
""",
            stderr=said,
            **variables,
        )
        self.assertEqual(out, "3 " + said)

    def test_a_choice_without_a_binary_is_not_stored(self) -> None:
        missing = os.path.join(self.folder, "missing")
        said = "rasa-telemetry: Cannot store the choice: RASA_TELEMETRY_BINARY is not a file\n"
        self.run_host("set_enabled(False)", code=1, stderr=said, RASA_TELEMETRY_BINARY=missing)

    def test_what_the_binary_has_to_say_of_a_choice_is_said(self) -> None:
        said = "rasa-telemetry: The choice is stored, but what comes first is a policy file\n"
        self.run_host("set_enabled(True)", stderr=said, STANDIN_EXIT="0", STANDIN_NOTICE=said)


class TestRunnerTest(HostTest):
    def test_under_a_test_runner_nothing_is_started_unless_the_variable_says_on(self) -> None:
        for program, variables in [
            ("track('A')", {"PYTEST_CURRENT_TEST": "x"}),
            ("track('A')", {"PYTEST_VERSION": "8"}),
            ("sys.argv = ['/x/bin/pytest', 'tests']; track('A')", {}),
            ("sys.argv = ['/x/site-packages/pytest/__main__.py']; track('A')", {}),
            (
                """
import unittest
class Tests(unittest.TestCase):
    def test(self):
        thread = threading.Thread(target=track, args=("A",))
        thread.start()
        thread.join()
        track("A")
with open(os.devnull, "w") as sys.stderr:
    unittest.main(argv=["x"], exit=False)
sys.stderr = sys.__stderr__
""",
                {},
            ),
        ]:
            with self.subTest(program=program, variables=variables):
                out = self.run_host("log_to_stdout()\n" + program, **variables)
                self.assertEqual(out, OFF_LINE % "a test runner runs it")
                self.assertEqual(self.started, [])
                self.run_host(program, RASA_TELEMETRY_ENABLED="true", **variables)
                self.assertEqual({event["line"]["event"] for event in self.wait_for_lines(1)}, {"A"})

    def wait_for_lines(self, count: int) -> List[Any]:
        self.wait_until(lambda: self.count("line") >= count and self.count("end") >= 1)
        return self.recorded("line")

    def test_a_test_runner_that_is_only_loaded_changes_nothing(self) -> None:
        self.run_host("import unittest, unittest.mock; track('A')")
        self.check_streams((STREAM, ["A"]))
