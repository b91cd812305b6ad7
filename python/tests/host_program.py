"""What the tests of the caller's module share: small host programs, and a stand-in for the binary that keeps a log.

Each host program runs in an interpreter of its own, where every warning is an error that stderr shows.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

SOURCES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "src")
DEADLINE_SECONDS = 30
TOLD_NOW = '{"shown": true, "answer": null, "enabled": true, "leavesFrom": "2026-11-29T15:04:00.000Z"}'
TOLD_BEFORE = '{"shown": false, "answer": null, "enabled": true, "leavesFrom": null}'
SWITCHED_OFF = '{"shown": false, "answer": null, "enabled": false, "leavesFrom": null}'
PROBE = ["--version"]
INIT = ["init", "--json"]
STREAM = ["stream", "--idle", "60"]
CONTEXT = {"python": "3.11.7", "rasa_pro": "3.8.0"}
OFF_LINE = "rasa_telemetry DEBUG Telemetry does nothing in this process: %s\n"

# Variables of the stand-in: STANDIN_LOG the file it adds lines to, STANDIN_INIT and STANDIN_STATUS what these answer, STANDIN_NOTICE
# what it says, STANDIN_WAITER the one command that waits for the lock on STANDIN_LOCK before it goes on, STANDIN_EXIT
# what it ends with: `stream` at once and with STANDIN_WORDS, any other command after it was recorded. A line of the log has a kind, a process
# and the rest: what `stream` read, or how it was started. It imports next to nothing: it is started hundreds of times.
STANDIN = """#!{python} -IS
import os, sys
command = sys.argv[1]
def record(kind, rest=""):
    log = os.open(os.environ["STANDIN_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(log, ("%s %d %s" % (kind, os.getpid(), rest)).encode("ascii", "backslashreplace").rstrip() + b"\\n")
    os.close(log)
def say(word, number=1):
    try:
        os.write(number, word.encode() + b"\\n")
    except BrokenPipeError:
        pass  # The host has ended.
def is_open(number):
    try:
        return bool(os.fstat(number))
    except OSError:
        return False
def list_blocked():
    import _signal
    return [int(number) for number in _signal.pthread_sigmask(_signal.SIG_BLOCK, [])]
def lines(idle):
    # What comes, less than `idle` seconds apart, and what comes within a second after that.
    import select
    rest, is_ending = b"", False
    while True:
        if not select.select([0], [], [], 1 if is_ending else idle)[0]:
            if is_ending:
                return
            say("ending")
            is_ending = True
            continue
        data = os.read(0, 65536)
        if not data:
            if rest:
                yield rest
            return
        *whole, rest = (rest + data).split(b"\\n")
        yield from whole
if command == "--version":
    sys.exit()
if command == "stream" and "STANDIN_EXIT" in os.environ:
    sys.stderr.write(os.environ.get("STANDIN_WORDS", ""))
    sys.exit(int(os.environ["STANDIN_EXIT"]))
record("init" if command == "init" else "start", repr(dict(
    argv=sys.argv, cwd=os.getcwd(), env=dict(os.environ), leads=os.getsid(0) == os.getpid(), terminal=os.isatty(0),
    files=[number for number in range(256) if is_open(number)], blocked=list_blocked(), parent=os.getppid(),
    session=os.getsid(0),
)))
if os.environ.get("STANDIN_WAITER") == command:
    import fcntl, _signal
    _signal.alarm(20)
    fcntl.flock(open(os.environ["STANDIN_LOCK"]), fcntl.LOCK_SH)
if command == "init":
    print(os.environ.get("STANDIN_INIT", ""))
    sys.stderr.write(os.environ.get("STANDIN_NOTICE", ""))
elif command == "stream":
    say("reading")
    for line in lines(float(sys.argv[3])):
        record("line", line.decode("ascii"))
        if "RASA_TELEMETRY_DEBUG" in os.environ:
            say("report " + line.decode().split('"')[3], 2)
    say("kept")
    record("end")
elif command == "status":
    print(os.environ.get("STANDIN_STATUS", '{{"enabled": false}}'))
else:
    sys.stderr.write(os.environ.get("STANDIN_NOTICE", ""))
    sys.exit(int(os.environ["STANDIN_EXIT"]))
"""

# What every host program begins with. What it started, whether or not that ran, is kept for the test.
PREAMBLE = """
import atexit, fcntl, json, logging, os, signal, subprocess, sys, threading, time
started = []
def audit(name, details):
    if name == "os.posix_spawn":
        shell = list(details[1]).index(os.environ["RASA_TELEMETRY_BINARY"]) if details[1][0] == "/bin/sh" else 0
        started.append([os.fsdecode(part) for part in details[1][shell + 1:]])
sys.addaudithook(audit)
host = os.getpid()
@atexit.register
def keep_started():
    if os.getpid() == host:
        with open(os.environ["STANDIN_LOG"] + ".started", "w") as file:
            json.dump(started, file)
lock = os.open(os.environ["STANDIN_LOCK"], os.O_RDWR | os.O_CREAT, 0o600)
import rasa_telemetry
from rasa_telemetry import *
from rasa_telemetry import _answer, _child, _encode, _facts, _finder, _init, _pipe, _process, _recorder, _stream
class Everything:
    # Tests call their events as they like.
    def __contains__(self, name):
        return True
real_events, _facts.EVENTS = _facts.EVENTS, Everything()
_process.is_kept = lambda: False  # Whatever process 1 is here.
_recorder.in_container = lambda: False
usual_init_seconds, _init._INIT_SECONDS = _init._INIT_SECONDS, 20.0  # The machine may be busy.
def stream():
    return _recorder.current().stream
def log_to_stdout():
    logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(name)s %(levelname)s %(message)s")
def wait_until(ready):
    until = time.monotonic() + 20
    while not ready():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.002)
def hold():
    fcntl.flock(lock, fcntl.LOCK_EX)
def release():
    fcntl.flock(lock, fcntl.LOCK_UN)
def recorded(kind):
    # The processes of the lines of one kind.
    try:
        with open(os.environ["STANDIN_LOG"]) as log:
            return [int(line.split()[1]) for line in log if line.startswith(kind) and line.endswith("\\n")]
    except FileNotFoundError:
        return []
def wait_for(kind, count=1):
    wait_until(lambda: len(recorded(kind)) >= count)
def signal_during(kind, number):
    # Sends a signal to the main thread once a line of that kind is there. The caller joins the thread.
    def send():
        wait_for(kind)
        signal.pthread_kill(threading.main_thread().ident, number)
    thread = threading.Thread(target=send)
    thread.start()
    return thread
def state(child):
    # "Z" where it has ended and was not collected, "T" where it is stopped, nothing where it is gone.
    try:
        with open("/proc/%d/stat" % child.pid) as file:
            return file.read().rpartition(") ")[2][:1]
    except FileNotFoundError:
        if sys.platform == "linux":
            return ""
        ps = subprocess.run(["/bin/ps", "-o", "stat=", "-p", str(child.pid)], stdout=subprocess.PIPE)
        return ps.stdout.decode()[:1]
def has_ended(child):
    return state(child) in ("Z", "")
def stop(child):
    os.kill(child.pid, signal.SIGSTOP)
    wait_until(lambda: state(child) == "T")
def kill(child):
    wait_until(lambda: child.look() or child.is_reading)  # One that is killed before can't start, as far as we know.
    os.kill(child.pid, signal.SIGKILL)
    wait_until(lambda: has_ended(child))
"""

# A child that is there and does not read.
STOPPED = """
track("First")
wait_for("line")
child = stream().child
stop(child)
"""


class HostTest(unittest.TestCase):
    """A temporary folder with the stand-in, and an interpreter that runs host programs against it."""

    compiled: str

    @classmethod
    def setUpClass(cls) -> None:
        # Compiling the package would take longer than most host programs run.
        cls.compiled = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.compiled)

    def setUp(self) -> None:
        self.folder = os.path.realpath(tempfile.mkdtemp())
        # What a test that failed left behind may still write there.
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.log = os.path.join(self.folder, "log")
        self.lock = os.path.join(self.folder, "lock")
        self.binary = self.install(os.path.join(self.folder, "binary"))
        # A test that fails must not leave anything running.
        self.addCleanup(self.end_streams)

    def install(self, folder: str, name: str = "rasa-telemetry", text: Optional[str] = None, mode: int = 0o700) -> str:
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, name)
        with open(path, "w") as file:
            file.write(STANDIN.format(python=sys.executable) if text is None else text)
        os.chmod(path, mode)
        return path

    def run_host(
        self,
        program: str,
        *,
        stdin: Any = subprocess.DEVNULL,
        stderr: str = "",
        code: int = 0,
        pass_fds: Sequence[int] = (),
        **variables: Any,
    ) -> str:
        """Runs a host program to its end, checks that it was well and what was on its stderr, and gives its stdout."""
        if os.path.exists(self.log):
            os.remove(self.log)
        environment = {
            "PATH": os.path.join(self.folder, "empty"),
            "PYTHONPATH": SOURCES,
            "PYTHONPYCACHEPREFIX": self.compiled,
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
            pass_fds=pass_fds,
        )
        self.assertEqual((host.returncode, host.stderr.decode()), (code, stderr))
        if code == 0:
            with open(self.log + ".started") as file:
                self.started = json.load(file)
        return host.stdout.decode()

    def recorded(self, kind: str) -> List[Dict[str, Any]]:
        """What is in the log of one kind; of the lines that `stream` read, "bad" are those that make no sense."""
        found: List[Dict[str, Any]] = []
        for recorded, pid, rest in self.read_log():
            line: Dict[str, Any] = {"pid": pid}
            if recorded in ("init", "start"):
                line.update(ast.literal_eval(rest))
            elif recorded == "line":
                try:
                    line["line"] = json.loads(rest)
                except ValueError:
                    recorded = "bad"
            if recorded == kind:
                found.append(line)
        return found

    def count(self, kind: str) -> int:
        return len([recorded for recorded, _, _ in self.read_log() if recorded == kind])

    def read_log(self) -> List[Tuple[str, int, str]]:
        if not os.path.exists(self.log):
            return []
        with open(self.log) as file:
            parts = [line.rstrip("\n").split(" ", 2) for line in file if line.endswith("\n")]
        return [(kind, int(pid), "".join(rest)) for kind, pid, *rest in parts]

    def wait_until(self, ready: Callable[[], bool]) -> None:
        until = time.monotonic() + DEADLINE_SECONDS
        while not ready():
            self.assertLess(time.monotonic(), until, "waited too long")
            time.sleep(0.005)

    def streams(self, count: int) -> List[Dict[str, Any]]:
        """The streams there were, in the order of their starts, each with its `lines`, once so many have ended."""
        self.wait_until(lambda: self.count("end") >= count)
        starts = self.recorded("start")
        self.assertEqual((len(starts), self.count("end")), (count, count))
        lines = self.recorded("line")
        for start in starts:
            start["lines"] = [line["line"] for line in lines if line["pid"] == start["pid"]]
        return starts

    def check_streams(self, *expected: Any) -> None:
        """Checks the arguments and the events of all streams there were, in any order."""
        found = [
            (start["argv"][1:], [line.get("event", line.get("traits")) for line in start["lines"]])
            for start in self.streams(len(expected))
        ]
        self.assertEqual(sorted(found, key=repr), sorted(expected, key=repr))

    def check_inits(self, count: int) -> None:
        self.assertEqual([line["argv"][1:] for line in self.recorded("init")], [INIT] * count)

    def lines(self, program: str, **variables: str) -> List[Any]:
        """What a host program puts on the standard input of its one stream, without the moments."""
        self.run_host(program, **variables)
        (stream,) = self.streams(1)
        for line in stream["lines"]:
            line.pop("timestamp")
        return list(stream["lines"])

    def end_streams(self) -> None:
        ended = {line["pid"] for line in self.recorded("end")}
        for start in self.recorded("start"):
            if start["pid"] not in ended and start["argv"][1] == "stream":
                try:
                    os.kill(start["pid"], 9)
                except ProcessLookupError:
                    continue
