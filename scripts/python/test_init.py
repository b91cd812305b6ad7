"""What `init` decides, and for whom: this process, the processes it starts, debug mode, the command line."""

from __future__ import annotations

import os
import pty
import subprocess

from host_program import HostTest, INIT_STARTED, OFF_LINE, QUEUE, STREAM, STREAM_STARTED
from host_program import SWITCHED_OFF, TOLD_BEFORE, TOLD_NOW

# Another interpreter of the same run.
ANOTHER = """
def another(**changes):
    program = "import rasa_telemetry; rasa_telemetry.track('Child'); print(rasa_telemetry.enabled())"
    command = [sys.executable, "-S", "-X", "dev", "-W", "error", "-c", program]
    out = subprocess.run(command, env={**os.environ, **changes}, stdout=subprocess.PIPE, check=True).stdout
    print("child", out.decode().strip(), flush=True)
"""


class InitTest(HostTest):
    def test_init_decides_what_the_process_does(self) -> None:
        for answer, arguments in [
            (TOLD_BEFORE, STREAM),
            (TOLD_NOW, QUEUE),
            ('{"shown": true, "answer": false, "enabled": false}', None),
            (SWITCHED_OFF, None),
            ("nonsense", STREAM),
            ("\udcff", STREAM),
            ("[" * 100_000, STREAM),
            ('{"shown": "true", "enabled": 0}', STREAM),
        ]:
            with self.subTest(answer=answer[:50]):
                out = self.run_host(
                    "track('A'); identify({'b': 1}); print(enabled())",
                    STANDIN_INIT=answer,
                    STANDIN_NOTICE="the notice\n",
                    stderr="the notice\n",
                )
                self.check_inits(1)
                self.check_streams(*([] if arguments is None else [(arguments, ["A", {"b": 1}])]))
                self.assertEqual(out, "%s\n" % (arguments is not None))

    def test_enabled_asks_and_starts_nothing_else(self) -> None:
        for answer, said in [(TOLD_NOW, "True"), (SWITCHED_OFF, "False")]:
            with self.subTest(answer=answer):
                out = self.run_host("print(enabled(), enabled())", STANDIN_INIT=answer)
                self.assertEqual(out, "%s %s\n" % (said, said))
                self.assertEqual(self.started, [INIT_STARTED])

    def test_where_telemetry_is_off_there_is_one_line_and_nothing_is_gathered(self) -> None:
        out = self.run_host(
            "log_to_stdout(); track('A'); track('B', None); identify({});"
            "print(rasa_telemetry._default_context.cache_info().misses)",
            STANDIN_INIT=SWITCHED_OFF,
        )
        self.assertEqual(out, OFF_LINE % "it is off" + "0\n")
        self.assertEqual(self.started, [INIT_STARTED])

    def test_init_that_fails_stops_no_event(self) -> None:
        self.binary = self.install(
            self.folder, text='#!/bin/sh\n[ "$1" != init ] || exit 1\nexec "%s" "$@"\n' % self.binary
        )
        self.run_host("track('A')")
        self.check_streams((STREAM, ["A"]))

    def test_init_that_does_not_end_is_killed_and_the_run_only_queues(self) -> None:
        out = self.run_host(
            """
hold()
rasa_telemetry._INIT_SECONDS = 0.2
track("A")
(init,) = recorded("init")
wait_until(lambda: rasa_telemetry._stream.collect() is False)
try:
    os.kill(init, 0)
except ProcessLookupError:
    print("gone")
""",
            STANDIN_WAITER="init",
        )
        self.assertEqual(out, "gone\n")
        self.check_streams((QUEUE, ["A"]))

    def test_an_interrupted_init_is_killed_and_the_run_only_queues(self) -> None:
        out = self.run_host(
            """
hold()
def interrupt():
    wait_for("init")
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
thread = threading.Thread(target=interrupt)
thread.start()
try:
    track("A")
except KeyboardInterrupt:
    print("interrupted")
thread.join()
track("B")
print(os.environ["_RASA_TELEMETRY_RUN"].split(":")[0])
""",
            STANDIN_WAITER="init",
        )
        self.assertEqual(out, "interrupted\nQUEUE\n")
        self.check_inits(1)
        self.check_streams((QUEUE, ["B"]))

    def test_threads_whose_first_events_come_together_ask_once_and_lose_nothing(self) -> None:
        for answer, arguments in [(TOLD_NOW, QUEUE), (TOLD_BEFORE, STREAM)]:
            with self.subTest(answer=answer):
                self.run_host(
                    """
barrier = threading.Barrier(8)
def report(number):
    barrier.wait()
    track("A%d" % number)
threads = [threading.Thread(target=report, args=(number,)) for number in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""",
                    STANDIN_INIT=answer,
                )
                self.check_inits(1)
                (stream,) = self.streams(1)
                self.assertEqual(stream["argv"][1:], arguments)
                self.assertEqual(
                    sorted(line["event"] for line in stream["lines"]), ["A%d" % number for number in range(8)]
                )

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
def interrupt():
    wait_for("init")
    signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
thread = threading.Thread(target=interrupt)
thread.start()
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


class RunTest(HostTest):
    def test_interpreters_that_a_host_starts_count_to_its_run(self) -> None:
        for answer, arguments in [(TOLD_NOW, QUEUE), (TOLD_BEFORE, STREAM), (SWITCHED_OFF, None)]:
            with self.subTest(answer=answer):
                out = self.run_host(ANOTHER + "track('Parent'); another()", STANDIN_INIT=answer)
                self.check_inits(1)
                streams = [] if arguments is None else [(arguments, ["Parent"]), (arguments, ["Child"])]
                self.check_streams(*streams)
                self.assertEqual(out, "child %s\n" % (arguments is not None))

    def test_an_interpreter_that_is_given_other_settings_asks_anew(self) -> None:
        out = self.run_host(
            ANOTHER + "enabled(); another(RASA_TELEMETRY_ENABLED='false', STANDIN_INIT=%r)" % SWITCHED_OFF
        )
        self.assertEqual(out, "child False\n")
        self.check_inits(2)
        self.check_streams()
        out = self.run_host(ANOTHER + "enabled(); another(HOME='/x', STANDIN_INIT=%r)" % TOLD_NOW)
        self.assertEqual(out, "child True\n")
        self.check_streams((QUEUE, ["Child"]))

    def test_a_run_in_which_the_notice_was_shown_only_queues_whatever_its_children_are_told(self) -> None:
        program = ANOTHER + "enabled(); another(RASA_TELEMETRY_ENABLED='yes', STANDIN_INIT=%r)" % TOLD_BEFORE
        self.run_host(program, STANDIN_INIT=TOLD_NOW)
        self.check_inits(2)
        self.check_streams((QUEUE, ["Child"]))

    def test_a_run_that_makes_no_sense_is_no_answer(self) -> None:
        for value in ["QUEUE:", "DEBUG:00000000", "OFF:nonsense", "\udcff"]:
            with self.subTest(value=value):
                self.run_host("track('A')", _RASA_TELEMETRY_RUN=value)
                self.check_inits(1)
                # A queueing run is believed even where it can't be checked: that is the side of caution.
                self.check_streams((QUEUE if value.startswith("QUEUE") else STREAM, ["A"]))


class DebugTest(HostTest):
    def test_debug_mode_shows_what_the_child_prints_before_the_host_ends_and_asks_nothing(self) -> None:
        for value in ["true", "YES"]:
            with self.subTest(value=value):
                out = self.run_host(
                    "track('A'); track('B'); print(enabled(), flush=True)",
                    RASA_TELEMETRY_DEBUG=value,
                    stderr="for people\n" * 2,
                )
                self.assertEqual(sorted(out.splitlines()), ["True", "report A", "report B"])
                self.assertEqual(self.started, [STREAM_STARTED])

    def test_a_value_that_is_not_yes_is_no_debug_mode(self) -> None:
        for value in ["false", "debug"]:
            with self.subTest(value=value):
                self.assertEqual(self.run_host("track('A')", RASA_TELEMETRY_DEBUG=value), "")
                self.check_inits(1)
                self.check_streams((STREAM, ["A"]))

    def test_debug_mode_waits_for_the_child_only_so_long(self) -> None:
        out = self.run_host(
            """
hold()
rasa_telemetry._DEBUG_SECONDS = 0.05
track("A")
close()
print("after", flush=True)
release()
wait_for("end")
""",
            STANDIN_WAITER="stream",
            RASA_TELEMETRY_DEBUG="true",
            stderr="for people\n",
        )
        self.assertEqual(out, "after\nreport A\n")


class CliTest(HostTest):
    def test_the_command_line_runs_in_the_foreground_and_ends_with_its_code(self) -> None:
        out = self.run_host(
            "print('before'); print(run_cli(['status', '--json']))",
            STANDIN_EXIT="4",
            stdin=subprocess.DEVNULL,
        )
        self.assertEqual(out, "before\nfor the terminal\n4\n")
        (command,) = self.recorded("start")
        self.assertEqual((command["argv"][1:], command["leads"]), (["status", "--json"], False))

    def test_a_choice_ends_what_was_known_before(self) -> None:
        for choice, asked in [("enable", 2), ("disable", 2), ("status", 1)]:
            with self.subTest(choice=choice):
                binary = self.install(
                    self.folder,
                    "choosing",
                    '#!/bin/sh\n[ "$1" != %s ] || exit 0\nexec "%s" "$@"\n' % (choice, self.binary),
                )
                self.run_host(
                    "track('A'); run_cli([%r]); track('B')" % choice,
                    RASA_TELEMETRY_BINARY=binary,
                    STANDIN_INIT=TOLD_NOW,
                )
                self.check_inits(asked)
                self.check_streams(*([(QUEUE, ["A"]), (QUEUE, ["B"])] if asked == 2 else [(QUEUE, ["A", "B"])]))

    def test_the_command_line_says_what_is_missing(self) -> None:
        self.assertEqual(
            self.run_host(
                "print(run_cli(['status']))",
                RASA_TELEMETRY_BINARY="missing",
                stderr="rasa-telemetry: RASA_TELEMETRY_BINARY is not a program\n",
            ),
            "1\n",
        )
        self.assertEqual(
            self.run_host(
                "print(run_cli(['status']))",
                RASA_TELEMETRY_BINARY=self.install(self.folder, "refused", "no program"),
                stderr="rasa-telemetry: the binary can't be started (Exec format error)\n",
            ),
            "1\n",
        )

    def test_the_command_line_tells_of_a_signal_as_a_shell_does(self) -> None:
        binary = self.install(self.folder, "dying", "#!/bin/sh\nkill -9 $$\n")
        self.assertEqual(self.run_host("print(run_cli(['status']))", RASA_TELEMETRY_BINARY=binary), "137\n")
