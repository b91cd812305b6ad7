"""Tests of the caller's module against a stand-in for the binary that records how it was started.

Each test runs a small host program in an interpreter of its own, where every warning is an error that stderr shows.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from typing import Any, Dict, List, Optional, Tuple

MODULE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rasa_telemetry.py")
DEADLINE_SECONDS = 10
MAX_PAYLOAD_BYTES = 60_000
INIT = ["init", "--json"]
QUEUE_ONLY = ["--timeout", "0"]
TOLD_NOW = '{"shown": true, "answer": null, "enabled": true}'
TOLD_BEFORE = '{"shown": false, "answer": null, "enabled": true}'
CONTEXT = {"python": "3.11.7", "rasa_pro": "3.8.0"}

# Variables of the stand-in: STANDIN_LOG the file it adds a line of JSON to, STANDIN_INIT what `init` answers and
# STANDIN_NOTICE what it says, STANDIN_WAITER the one command that first waits for the lock on STANDIN_LOCK,
# STANDIN_UNREAD to end at once.
STANDIN = """#!{python} -IS
import fcntl, json, os, signal, sys
command = sys.argv[1]
if command != "init" and "STANDIN_UNREAD" in os.environ:
    sys.exit(3)
stdin = None if command == "init" else sys.stdin.buffer.read().decode("ascii")
line = {{
    "argv": sys.argv, "stdin": stdin, "terminal": os.isatty(0), "cwd": os.getcwd(),
    "leads": os.getsid(0) == os.getpid(), "env": dict(os.environ),
}}
def record():
    log = os.open(os.environ["STANDIN_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(log, (json.dumps(line) + "\\n").encode())
if command == "init":
    record()
if os.environ.get("STANDIN_WAITER") == command:
    signal.alarm(20)
    fcntl.flock(open(os.environ["STANDIN_LOCK"]), fcntl.LOCK_SH)
if command == "init":
    print(os.environ.get("STANDIN_INIT", ""))
    sys.stderr.write(os.environ.get("STANDIN_NOTICE", ""))
else:
    print("report " + stdin)
    print("for people", file=sys.stderr)
    sys.stdout.flush()
    record()
"""

# What every host program begins with. How it started its processes, whether or not they ran, is kept for the test.
PREAMBLE = """
import atexit, fcntl, json, logging, os, signal, sys, threading, time
started = []
sys.addaudithook(lambda name, details: started.append(details[1][1:]) if name == "subprocess.Popen" else None)
host = os.getpid()
@atexit.register
def keep_started():
    if os.getpid() == host:
        with open(os.environ["STANDIN_LOG"] + ".started", "w") as file:
            json.dump(started, file)
lock = os.open(os.environ["STANDIN_LOCK"], os.O_RDWR | os.O_CREAT, 0o600)
import rasa_telemetry
from rasa_telemetry import identify, track
def log_to_stdout():
    logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(name)s %(levelname)s %(message)s")
def wait_until(ready):
    until = time.monotonic() + 10
    while not ready():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.01)
def hold():
    fcntl.flock(lock, fcntl.LOCK_EX)
def release():
    fcntl.flock(lock, fcntl.LOCK_UN)
def recorded():
    try:
        with open(os.environ["STANDIN_LOG"]) as log:
            return len(log.readlines())
    except FileNotFoundError:
        return 0
"""


class HostTest(unittest.TestCase):
    """A temporary folder with the stand-in, and an interpreter that runs host programs against it."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)
        self.log = os.path.join(self.folder, "log")
        self.lock = os.path.join(self.folder, "lock")
        self.binary = self.install(os.path.join(self.folder, "binary"))

    def install(self, folder: str, name: str = "rasa-telemetry", text: Optional[str] = None, mode: int = 0o700) -> str:
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, name)
        with open(path, "w") as file:
            file.write(STANDIN.format(python=sys.executable) if text is None else text)
        os.chmod(path, mode)
        return path

    def run_host(self, program: str, *, stdin: Any = subprocess.DEVNULL, stderr: str = "", **variables: str) -> str:
        """Runs a host program to its end, checks that it was well and what was on its stderr, and gives its stdout."""
        if os.path.exists(self.log):
            os.remove(self.log)
        environment = {
            "PATH": os.path.join(self.folder, "empty"),
            "PYTHONPATH": os.path.dirname(MODULE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "RASA_TELEMETRY_BINARY": self.binary,
            "STANDIN_LOG": self.log,
            "STANDIN_LOCK": self.lock,
            "STANDIN_INIT": TOLD_BEFORE,
            **variables,
        }
        # Without `site`, no installed package and no path configuration has a say.
        command = [sys.executable, "-S", "-X", "dev", "-W", "error", "-c", PREAMBLE + program]
        host = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=DEADLINE_SECONDS,
            start_new_session=True,
        )
        self.assertEqual((host.returncode, host.stderr.decode()), (0, stderr))
        with open(self.log + ".started") as file:
            self.started = json.load(file)
        return host.stdout.decode()

    def recorded(self, count: int) -> List[Dict[str, Any]]:
        """What the stand-in recorded, once there are so many lines."""
        until = time.monotonic() + DEADLINE_SECONDS
        lines: List[str] = []
        while len(lines) < count:
            self.assertLess(time.monotonic(), until, "the stand-in recorded too little: %s" % lines)
            time.sleep(0.005)
            if os.path.exists(self.log):
                with open(self.log) as file:
                    lines = [line for line in file if line.endswith("\n")]
        self.assertEqual(len(lines), count)
        return [json.loads(line) for line in lines]

    def check_started(self, *expected: List[str]) -> None:
        """Checks how the host started the binary, and that each of these got its arguments."""
        self.assertEqual(self.started, list(expected))
        self.assertEqual(sorted(line["argv"][1:] for line in self.recorded(len(expected))), sorted(expected))

    def payload(self, program: str) -> Any:
        """What one event puts on the stand-in's stdin."""
        self.run_host(program)
        _, event = self.recorded(2)
        return json.loads(event["stdin"])


class TrackTest(HostTest):
    def test_track_starts_the_binary_with_the_payload_on_stdin_alone(self) -> None:
        out = self.run_host("track('Shell Started', {'type': 'rasa', 'n': [1, 2.5, None, True, 'é']}, %r)" % CONTEXT)
        init, event = self.recorded(2)
        self.assertEqual(init["argv"], [self.binary, "init", "--json"])
        self.assertEqual(event["argv"], [self.binary, "track", "Shell Started"])
        properties = {"type": "rasa", "n": [1, 2.5, None, True, "é"]}
        self.assertEqual(json.loads(event["stdin"]), {"properties": properties, "context": CONTEXT})
        self.assertEqual(out, "")

    def test_identify_sends_traits(self) -> None:
        self.run_host("identify({'metrics_backend': 'otlp'}, %r)" % CONTEXT)
        _, event = self.recorded(2)
        self.assertEqual(event["argv"], [self.binary, "identify"])
        self.assertEqual(json.loads(event["stdin"]), {"traits": {"metrics_backend": "otlp"}, "context": CONTEXT})

    def test_track_keeps_the_working_folder_and_the_environment_and_leaves_the_session(self) -> None:
        os.mkdir(os.path.join(self.folder, "project"))
        out = self.run_host(
            "os.chdir('project'); track('A'); print(json.dumps(dict(os.environ)))", RASA_LICENSE="a licence"
        )
        environment = json.loads(out)
        self.assertEqual(environment["RASA_LICENSE"], "a licence")
        lines = self.recorded(2)
        self.assertEqual([line["cwd"] for line in lines], [os.path.join(self.folder, "project")] * 2)
        # A system may add variables of its own to a process, as macOS does.
        self.assertEqual([{name: line["env"].get(name) for name in environment} for line in lines], [environment] * 2)
        # The question belongs to the user's terminal; a report outlives the terminal.
        self.assertEqual([line["leads"] for line in lines], [False, True])

    def test_track_does_not_wait_for_its_child(self) -> None:
        with open(self.lock, "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.run_host("track('A')", STANDIN_WAITER="track")
            self.assertEqual([line["argv"][1:] for line in self.recorded(1)], [INIT])
        self.check_started(INIT, ["track", "A"])

    def test_track_works_while_the_interpreter_ends(self) -> None:
        self.run_host("atexit.register(track, 'A')")
        self.check_started(INIT, ["track", "A"])

    def test_track_collects_children_that_have_ended(self) -> None:
        out = self.run_host(
            """
track("A")
first = rasa_telemetry._children[0]
wait_until(lambda: recorded() == 2)
wait_until(lambda: track("B") or first not in rasa_telemetry._children)
try:
    os.waitpid(first.pid, os.WNOHANG)
except ChildProcessError:
    print("collected")
"""
        )
        self.assertEqual(out, "collected\n")
        self.recorded(len(self.started))

    def test_track_starts_no_more_children_than_the_limit(self) -> None:
        out = self.run_host(
            """
rasa_telemetry._MAX_CHILDREN = 2
log_to_stdout()
hold()
for name in "ABCD":
    track(name)
release()
""",
            STANDIN_WAITER="track",
        )
        self.assertEqual(out, "rasa_telemetry DEBUG Dropped track: 2 earlier ones are still under way\n" * 2)
        self.check_started(INIT, ["track", "A"], ["track", "B"])

    def test_track_survives_a_binary_that_reads_nothing(self) -> None:
        out = self.run_host(
            """
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
children = []
for _ in range(5):
    track("A", {"x": "x" * 59_000})
    children.append(rasa_telemetry._children[-1])
print([child.wait() for child in children])
""",
            STANDIN_UNREAD="1",
        )
        self.assertEqual(out, "[3, 3, 3, 3, 3]\n")

    def test_track_drops_rather_than_block_on_a_small_pipe(self) -> None:
        out = self.run_host(
            """
log_to_stdout()
make_pipe = os.pipe
def make_small_pipe():
    reader, writer = make_pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 512)
    except BlockingIOError:
        os.read(reader, 4096)
    os.set_blocking(writer, True)
    return reader, writer
os.pipe = make_small_pipe
track("A", {"x": "x" * 30_000})
""",
            RASA_TELEMETRY_DEBUG="true",
        )
        self.assertEqual(out, "rasa_telemetry DEBUG Dropped track: the system gave a pipe that is too small\n")
        self.assertEqual(self.started, [])

    def test_track_passes_over_a_fault_of_the_system(self) -> None:
        out = self.run_host(
            """
import errno
log_to_stdout()
def fail(*_): raise OSError(errno.EMFILE, "a secret")
make_pipe, os.pipe = os.pipe, fail
track("A")
os.pipe = make_pipe
track("B")
"""
        )
        self.assertEqual(out, "rasa_telemetry DEBUG Dropped track: OSError\n")
        # `init` needs a pipe as well: it couldn't be run, which is no reason to run it again.
        self.check_started(["track", "B"])


class PayloadTest(HostTest):
    def test_track_leaves_out_what_json_cannot_carry(self) -> None:
        payload = self.payload(
            """
circular = {"kept": 1}
circular["again"] = circular
circular["items"] = [1, circular]
deep = 1
for _ in range(100_000):
    deep = [deep]
track("A", {
    "nan": float("nan"), "infinite": [float("-inf")], "object": object(), "set": {1}, "bytes": b"x", 5: "key",
    "pipeline": [{"name": "A", "nan": float("nan"), "in": {"object": object(), "kept": 1}}, {"name": "B"}],
    "circular": circular, "deep": deep, "tuple": (1, 2), "text": "\\ud800\\0", "huge": 10 ** 30, "none": None,
}, {"python": "3", "rasa_pro": object()})
while deep != 1:
    deep = deep.pop()
"""
        )
        kept = {
            "pipeline": [{"name": "A", "in": {"kept": 1}}, {"name": "B"}],
            "circular": {"kept": 1},
            "tuple": [1, 2],
            "text": "\ud800\0",
            "huge": 10**30,
            "none": None,
        }
        self.assertEqual(payload, {"properties": kept, "context": {"python": "3"}})

    def test_track_takes_any_mapping(self) -> None:
        payload = self.payload(
            "from types import MappingProxyType as Proxy; track('A', Proxy({'a': Proxy({'b': 1})}), Proxy(%r))"
            % CONTEXT
        )
        self.assertEqual(payload, {"properties": {"a": {"b": 1}}, "context": CONTEXT})

    def test_track_drops_a_payload_over_the_limit(self) -> None:
        room = MAX_PAYLOAD_BYTES - len(json.dumps({"properties": {"x": ""}, "context": CONTEXT}))
        out = self.run_host(
            """
log_to_stdout()
doubled = {}
for _ in range(30):
    doubled = {"a": doubled, "b": doubled}
for value in ["x" * (room + 1), "\\n" * (room // 2 + 1), "x" * 10_000_000, [1] * 1_000_000, doubled]:
    track("A", {"x": value}, context)
track("A", {"x": "x" * room}, context)
""".replace("room", str(room)).replace("context", repr(CONTEXT))
        )
        self.assertEqual(out, "rasa_telemetry DEBUG Dropped track: more than 60000 bytes\n" * 5)
        self.check_started(INIT, ["track", "A"])
        self.assertEqual(len(self.recorded(2)[1]["stdin"]), MAX_PAYLOAD_BYTES)

    def test_track_takes_the_versions_from_the_interpreter(self) -> None:
        rasa = self.install_distribution("one", "rasa", "3.6.20")
        rasa_pro = self.install_distribution("other", "rasa-pro", "3.8.0")
        python = "%d.%d.%d" % sys.version_info[:3]
        cases: List[Tuple[List[str], Any, Dict[str, Any]]] = [
            ([], None, {}),
            ([rasa], None, {"rasa_pro": "3.6.20"}),
            ([rasa, rasa_pro], {}, {"rasa_pro": "3.8.0"}),
            ([rasa_pro], {"rasa_pro": "3.9.1", "other": 1}, {"rasa_pro": "3.9.1", "other": 1}),
            ([rasa_pro], {"python": None}, {"rasa_pro": "3.8.0", "python": None}),
        ]
        for paths, context, expected in cases:
            with self.subTest(paths=paths, context=context):
                payload = self.payload("sys.path += %r; track('A', context=%r)" % (paths, context))
                self.assertEqual(payload, {"properties": {}, "context": {"python": python, **expected}})

    def install_distribution(self, folder: str, name: str, version: str) -> str:
        path = os.path.join(self.folder, folder)
        information = os.path.join(path, "%s-%s.dist-info" % (name.replace("-", "_"), version))
        os.makedirs(information)
        with open(os.path.join(information, "METADATA"), "w") as file:
            file.write("Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version))
        return path

    def test_nothing_is_raised_and_nothing_sent_for_nonsense(self) -> None:
        out = self.run_host(
            """
log_to_stdout()
class Bad(dict):
    def items(self): raise RuntimeError("a secret")
for event in [None, 5, b"A", "A\\0", "A" * 201, "--help", "\\ud800", [], object()]:
    track(event)
for properties in [[], "text", 5, object()]:
    track("A", properties)
track("A", context=[])
track("A", Bad())
identify(None)
identify([])
"""
        )
        reasons = ["an event: its name can't be one"] * 9
        reasons += ["track: its properties or its context is not a mapping"] * 5 + ["track: RuntimeError"]
        reasons += ["identify: its traits or its context is not a mapping"] * 2
        self.assertEqual(out.splitlines(), ["rasa_telemetry DEBUG Dropped %s" % reason for reason in reasons])
        self.check_started(INIT)

    def test_an_event_of_the_longest_name_goes(self) -> None:
        self.run_host("track('A' * 200)")
        self.check_started(INIT, ["track", "A" * 200])


class InitTest(HostTest):
    def test_init_decides_what_the_process_does(self) -> None:
        for answer, extra in [
            (TOLD_BEFORE, []),
            (TOLD_NOW, QUEUE_ONLY),
            ('{"shown": true, "answer": true, "enabled": true}', QUEUE_ONLY),
            ('{"shown": true, "answer": false, "enabled": false}', None),
            ('{"shown": false, "answer": null, "enabled": false}', None),
            ("", []),
            ("nonsense", []),
            ("[]", []),
            ("\udcff", []),
            ("[" * 100_000, []),
            ('{"shown": "true", "enabled": 0}', []),
        ]:
            with self.subTest(answer=answer[:50]):
                self.run_host(
                    "track('A'); identify({})",
                    STANDIN_INIT=answer,
                    STANDIN_NOTICE="the notice\n",
                    stderr="the notice\n",
                )
                events = [] if extra is None else [["track", "A"] + extra, ["identify"] + extra]
                self.check_started(INIT, *events)

    def test_init_that_fails_stops_no_event(self) -> None:
        self.binary = self.install(
            self.folder, text='#!/bin/sh\n[ "$1" != init ] || exit 1\nexec "%s" "$@"\n' % self.binary
        )
        self.run_host("track('A')")
        self.assertEqual(self.started, [INIT, ["track", "A"]])
        self.assertEqual([line["argv"][1:] for line in self.recorded(1)], [["track", "A"]])

    def test_init_that_does_not_end_is_killed_and_the_run_only_queues(self) -> None:
        self.run_host(
            """
hold()
rasa_telemetry._INIT_SECONDS = 0.2
keep = rasa_telemetry._keep
def check_killed(child):
    if child.args[1] == "init":
        assert child.wait() == -signal.SIGKILL
    keep(child)
rasa_telemetry._keep = check_killed
track("A")
""",
            STANDIN_WAITER="init",
        )
        self.check_started(INIT, ["track", "A"] + QUEUE_ONLY)

    def test_an_interrupted_init_is_killed_and_the_run_only_queues(self) -> None:
        out = self.run_host(
            """
hold()
def interrupt():
    wait_until(lambda: recorded() == 1)
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
thread = threading.Thread(target=interrupt)
thread.start()
try:
    track("A")
except KeyboardInterrupt:
    print("interrupted", rasa_telemetry._children[0].wait())
thread.join()
track("B")
""",
            STANDIN_WAITER="init",
        )
        self.assertEqual(out, "interrupted -9\n")
        self.check_started(INIT, ["track", "B"] + QUEUE_ONLY)

    def test_init_runs_once_for_the_first_events_of_many_threads(self) -> None:
        for answer, extra in [(TOLD_NOW, QUEUE_ONLY), (TOLD_BEFORE, [])]:
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
                self.started[1:] = sorted(self.started[1:])
                self.check_started(INIT, *(["track", "A%d" % number] + extra for number in range(8)))

    def test_a_signal_handler_may_report_while_init_runs(self) -> None:
        self.run_host(
            """
hold()
def handle(*_):
    track("From the handler")
    release()
signal.signal(signal.SIGUSR1, handle)
def interrupt():
    wait_until(lambda: recorded() == 1)
    signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
thread = threading.Thread(target=interrupt)
thread.start()
track("A")
thread.join()
""",
            STANDIN_WAITER="init",
        )
        self.check_started(INIT, ["track", "From the handler"] + QUEUE_ONLY, ["track", "A"])

    def test_a_forked_child_does_not_run_init_again(self) -> None:
        self.run_host(
            """
track("Parent")
child = os.fork()
if child == 0:
    track("Child")
    os._exit(0)
track("Parent again")
assert os.waitpid(child, 0)[1] == 0
""",
            STANDIN_INIT=TOLD_NOW,
        )
        self.started.append(["track", "Child"] + QUEUE_ONLY)  # The host's own list doesn't hold what its child started.
        self.check_started(INIT, *(["track", name] + QUEUE_ONLY for name in ("Parent", "Parent again", "Child")))

    def test_a_child_forked_while_init_runs_only_queues_and_waits_for_nothing(self) -> None:
        self.run_host(
            """
import warnings
hold()
thread = threading.Thread(target=track, args=("Parent",))
thread.start()
wait_until(lambda: recorded() == 1)
warnings.simplefilter("ignore")  # Python 3.12 warns of any fork beside threads.
child = os.fork()
if child == 0:
    signal.alarm(5)
    track("Child")
    os._exit(0)
status = os.waitpid(child, 0)[1]
release()
thread.join()
assert status == 0, status
""",
            STANDIN_WAITER="init",
        )
        self.started.append(["track", "Child"] + QUEUE_ONLY)
        self.check_started(INIT, ["track", "Parent"], ["track", "Child"] + QUEUE_ONLY)

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
        inits = [line["terminal"] for line in self.recorded(4) if line["argv"][1:] == INIT]
        self.assertEqual(inits, [False, True])


class DebugTest(HostTest):
    def test_debug_mode_shows_what_the_binary_prints_and_runs_no_init(self) -> None:
        out = self.run_host(
            """
for value in ["true", "1", "YES", "On"]:
    os.environ["RASA_TELEMETRY_DEBUG"] = value
    track("A", {"value": value}, {"python": "3", "rasa_pro": "3"})
    print("after", value, flush=True)
""",
            stderr="for people\n" * 4,
        )
        shown = 'report {"properties": {"value": "%s"}, "context": {"python": "3", "rasa_pro": "3"}}\nafter %s\n'
        self.assertEqual(out, "".join(shown % (value, value) for value in ["true", "1", "YES", "On"]))
        self.check_started(*[["track", "A"]] * 4)

    def test_a_value_that_is_not_yes_is_no_debug_mode(self) -> None:
        out = self.run_host(
            """
for value in ["false", "", "0", "debug"]:
    os.environ["RASA_TELEMETRY_DEBUG"] = value
    track("A")
"""
        )
        self.assertEqual(out, "")
        self.check_started(INIT, *[["track", "A"]] * 4)

    def test_debug_mode_waits_for_a_child_only_so_long(self) -> None:
        out = self.run_host(
            """
hold()
rasa_telemetry._DEBUG_SECONDS = 0.05
track("A")
print("after", flush=True)
release()
rasa_telemetry._children[0].wait()
""",
            STANDIN_WAITER="track",
            RASA_TELEMETRY_DEBUG="true",
            stderr="for people\n",
        )
        self.assertEqual(out.split()[:2], ["after", "report"])
        self.check_started(["track", "A"])


class BinaryTest(HostTest):
    NOTHING = "rasa_telemetry DEBUG Telemetry does nothing in this process: %s\n"

    def run_thrice(self, **variables: str) -> str:
        return self.run_host("log_to_stdout(); track('A'); track('B'); identify({})", **variables)

    def test_without_a_usable_binary_nothing_happens_but_one_line(self) -> None:
        named = "RASA_TELEMETRY_BINARY is not a program"
        for path, reason in [
            (os.path.join(self.folder, "missing"), named),
            (self.folder, named),
            (self.install(self.folder, "plain", mode=0o600), named),
            ("", "there is no rasa-telemetry binary"),
        ]:
            with self.subTest(path=path):
                self.assertEqual(self.run_thrice(RASA_TELEMETRY_BINARY=path), self.NOTHING % reason)
                self.assertEqual(self.started, [])

    def test_a_binary_that_the_system_refuses_is_tried_once(self) -> None:
        for text, reason in [
            ("no program", "Exec format error"),
            ("#!/missing/interpreter\n", "No such file or directory"),
        ]:
            with self.subTest(text=text):
                binary = self.install(self.folder, "refused", text=text)
                out = self.run_thrice(RASA_TELEMETRY_BINARY=binary)
                self.assertEqual(out, self.NOTHING % ("the binary can't be started (%s)" % reason))
                self.assertEqual(self.started, [INIT])

    def test_a_binary_that_goes_away_is_tried_once_more(self) -> None:
        out = self.run_host(
            """
log_to_stdout()
track("A")
wait_until(lambda: recorded() == 2)
os.remove(os.environ["RASA_TELEMETRY_BINARY"])
track("B")
track("C")
"""
        )
        self.assertEqual(out, self.NOTHING % "the binary can't be started (No such file or directory)")
        self.assertEqual(self.started, [INIT, ["track", "A"], ["track", "B"]])

    def test_many_threads_without_a_usable_binary_make_one_line(self) -> None:
        out = self.run_host(
            """
log_to_stdout()
barrier = threading.Barrier(8)
def fail(*_):
    barrier.wait()
    raise rasa_telemetry._Unusable("gone")
rasa_telemetry._start = fail
threads = [threading.Thread(target=track, args=("A",)) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
        )
        self.assertEqual(out, self.NOTHING % "gone")
        self.check_started(INIT)

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
        self.run_host("track('A'); os.chdir('/'); track('B')", **variables)
        self.assertEqual([line["argv"][0] for line in self.recorded(3)], [expected] * 3)

    def test_a_relative_entry_of_the_path_is_not_searched(self) -> None:
        self.install(self.folder)
        out = self.run_thrice(RASA_TELEMETRY_BINARY="", PATH=os.pathsep.join([".", "", "binary"]))
        self.assertEqual(out, self.NOTHING % "there is no rasa-telemetry binary")
        self.assertEqual(self.started, [])


if __name__ == "__main__":
    unittest.main()
