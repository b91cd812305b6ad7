"""Asking the binary in the foreground: `init`, which may show the notice and ask, and what people choose."""

from __future__ import annotations

import json
import os
import sys
import time

from . import _process
from ._answer import can_ask, may_read_terminal
from ._log import Unusable
from ._pipe import End, make_pipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional

if sys.platform != "win32":
    import termios

# How long `init` may take, and how long it may wait for an answer where it can ask.
_INIT_SECONDS = 2.0
_QUESTION_SECONDS = 30.0
# How long storing a choice may take: it waits up to five seconds for a request that is under way.
_CHOICE_SECONDS = 15.0
_STEP_SECONDS = (0.001, 0.01)


class Answered:
    """How a command of the binary ended: None as its code where it had to be ended."""

    def __init__(self, code: Optional[int], out: bytes, err: bytes) -> None:
        self.code = code
        self.out = out
        self.err = err


def run_init(binary: str) -> bool:
    """Whether telemetry is on, once the user was told where that is needed. Throws `Unusable` and `OSError`."""
    # What keeps the binary from starting is for nobody's eyes, and `init` writes where people read.
    probed = _run([binary, "--version"], _INIT_SECONDS)
    if probed.code != 0:
        raise Unusable("the binary can't be started: %s" % _first_line(probed.err))
    reads = may_read_terminal()
    asks = reads and can_ask()
    modes = _read_terminal_modes() if asks else None
    try:
        seconds = _INIT_SECONDS + (_QUESTION_SECONDS if asks else 0.0)
        answered = _run([binary, "init", "--json"], seconds, stdin=0 if reads else None, stderr=2)
        if answered.code == 0:
            modes = None
    finally:
        # It was ended in the middle of a question, for which it had set others.
        if modes is not None:
            _restore_terminal_modes(modes)
    if answered.code is None:
        raise Unusable("`init` doesn't end")
    is_on = _read_enabled(answered.out)
    if is_on is None:
        raise Unusable("`init` gave no answer that makes sense")
    return is_on


def run_status(binary: str) -> bool:
    """Whether telemetry is on, for a person who asks. Tells nobody, stores nothing. Throws `Unusable` and `OSError`."""
    answered = _run([binary, "status", "--json"], _INIT_SECONDS)
    is_on = _read_enabled(answered.out)
    if is_on is None:
        raise Unusable("`status` gave no answer that makes sense")
    return is_on


def run_choice(binary: str, command: str) -> Answered:
    """Stores a choice. Throws `Unusable` and `OSError`."""
    return _run([binary, command, "--quiet"], _CHOICE_SECONDS)


def _run(command: List[str], seconds: float, stdin: Optional[int] = None, stderr: Optional[int] = None) -> Answered:
    """Runs a command to its end, and ends it when its time is over. Without a `stderr` of its own it is read too."""
    until = time.monotonic() + seconds
    ends: List[End] = []
    process: Optional[_process.Process] = None
    read = [b"", b""]
    code: Optional[int] = None
    null = os.open(os.devnull, os.O_RDWR)
    try:
        theirs = []
        for _ in range(1 if stderr is not None else 2):
            own, their = make_pipe(into_child=False)
            ends += [own, their]
            theirs.append(their.number)
        streams = (_open_or(stdin, null), theirs[0], _open_or(stderr, null) if stderr is not None else theirs[1])
        process = _process.start(command, streams, leaves=False)
        for end in ends[1::2]:
            end.close()
        step = _STEP_SECONDS[0]
        open_ends = list(enumerate(ends[::2]))
        while process is not None and time.monotonic() < until:
            for place, end in list(open_ends):
                data = end.read()
                if data is None:
                    open_ends.remove((place, end))
                else:
                    read[place] += data
            code = process.poll() if not open_ends else None
            if code is not None:
                break
            time.sleep(step)
            step = min(2 * step, _STEP_SECONDS[1])
    finally:
        if process is not None and code is None:
            process.kill()
            _collect(process)
        for end in ends:
            end.close()
        os.close(null)
    return Answered(code, read[0], read[1])


def _read_enabled(said: bytes) -> Optional[bool]:
    try:
        answer = json.loads(said)
    except (ValueError, RecursionError):
        return None
    is_on = answer.get("enabled") if isinstance(answer, dict) else None
    return is_on if isinstance(is_on, bool) else None


def _collect(process: _process.Process) -> None:
    """Takes what was killed off the system's list: that takes a moment, unless the disk has it."""
    until = time.monotonic() + 1.0
    while process.poll() is None and time.monotonic() < until:
        time.sleep(_STEP_SECONDS[0])


def _open_or(number: Optional[int], other: int) -> int:
    """A standard stream of the host, or the null device where the host has closed it."""
    if number is None:
        return other
    try:
        os.fstat(number)
    except OSError:
        return other
    return number


def _first_line(said: bytes) -> str:
    lines = said.decode("ascii", "replace").splitlines()
    first = next((line.strip() for line in lines if line.strip()), "it said nothing")
    return "".join(sign if " " <= sign <= "~" else "?" for sign in first)[:200]


def _read_terminal_modes() -> Optional[List[Any]]:
    if sys.platform != "win32":
        try:
            return termios.tcgetattr(0)
        except termios.error:
            pass  # The terminal is gone.
    return None


def _restore_terminal_modes(modes: List[Any]) -> None:
    # Unless the user has put this process into the background meanwhile: the system would stop it.
    if sys.platform != "win32" and may_read_terminal():
        try:
            termios.tcsetattr(0, termios.TCSANOW, modes)
        except termios.error:
            pass  # The terminal is gone.
