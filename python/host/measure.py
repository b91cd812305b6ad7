"""Measures what a training and a server's start take with this package, with Rasa's own telemetry, and with none.

    measure.py PORT     the endpoint of the installed package's binary is http://127.0.0.1:PORT

For Rasa 3.6.21. All three send to this machine, or to nobody. The rounds are interleaved: what else the machine does
meanwhile slows all of them.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Dict, List, Tuple

from trial import HERE, Trial, wait_until
from try_rasa import free_port, make_project, talks

ROUNDS = 5
WAYS = {
    "none": ["-m", "rasa"],
    "Rasa's own": [os.path.join(HERE, "upstream.py")],
    "this package": ["-m", "rasa_telemetry.rasa"],
}
PR_SET_CHILD_SUBREAPER = 36

# Seconds that somebody waits, and seconds of processor time, of Rasa's processes and of those that they leave behind.
Measured = Tuple[float, float]


def main() -> int:
    # Its child is no child of Rasa's; when Rasa has ended it becomes one of this process, which can then be asked.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    found: Dict[Tuple[str, str], List[Measured]] = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        trial = Trial(folder, int(sys.argv[1]))
        make_project(trial.project)
        trial.environment["UPSTREAM_ENDPOINT"] = "http://127.0.0.1:%s/v1/track" % sys.argv[1]
        try:
            trial.environment["RASA_TELEMETRY_ENABLED"] = "false"
            # Fills the caches.
            train(trial, WAYS["none"])
            for way, program in [*WAYS.items()] * ROUNDS:
                trial.environment["RASA_TELEMETRY_ENABLED"] = "false" if way == "none" else "true"
                del trial.arrived[:]
                found.setdefault(("train", way), []).append(train(trial, program))
                found.setdefault(("run", way), []).append(serve(trial, program))
                trial.check("%s sends" % way, bool(trial.arrived) == (way != "none"), trial.arrived)
        finally:
            trial.close()
    for (command, way), measured in sorted(found.items()):
        waited, worked = zip(*measured)
        print(
            "%-6s %-13s %5.1f s (%.1f to %.1f), processor %5.1f s"
            % (command, way, statistics.median(waited), min(waited), max(waited), statistics.median(worked)),
            file=sys.stderr,
        )
    print("%d passed, %d failed" % (trial.passed, trial.failed))
    return 1 if trial.failed else 0


def train(trial: Trial, program: List[str]) -> Measured:
    # What is cached isn't trained again.
    shutil.rmtree(os.path.join(trial.project, ".rasa"), ignore_errors=True)
    process = start(trial, [*program, "train", "nlu"])
    since = time.monotonic()
    code, worked = wait_for(process.pid)
    waited = time.monotonic() - since
    trial.check("it trains", code == 0, code)
    return waited, worked + reap()


def serve(trial: Trial, program: List[str]) -> Measured:
    """The start of a server, until its first answer."""
    port = free_port()
    process = start(trial, [*program, "run", "--port", str(port), "-i", "127.0.0.1"])
    since = time.monotonic()
    trial.check("it answers", wait_until(lambda: talks(port), 150))
    waited = time.monotonic() - since
    # Right after its start sanic may never end, with telemetry or without.
    time.sleep(3)
    process.send_signal(signal.SIGTERM)
    _, worked = wait_for(process.pid)
    return waited, worked + reap()


def start(trial: Trial, arguments: List[str]) -> "subprocess.Popen[bytes]":
    environment = {**trial.environment, "HOST_WORKERS": os.devnull}
    null = subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=trial.project, env=environment, stdin=null, stdout=null, stderr=null
    )


def wait_for(process: int) -> Tuple[int, float]:
    """How a process ended, and the processor time of it and of what it waited for."""
    _, status, usage = os.wait4(process, 0)
    return status, usage.ru_utime + usage.ru_stime


def reap() -> float:
    """The processor time of what Rasa left behind."""
    worked = 0.0
    while True:
        try:
            worked += wait_for(-1)[1]
        except ChildProcessError:
            return worked


if __name__ == "__main__":
    sys.exit(main())
