"""One `rasa-telemetry stream`: its two pipes, and what it says of itself on the second.

It alone holds the second pipe's writing end, which is its standard output. So the end of that pipe says that the child
is gone, whoever its parent is, and nobody has to be asked for it.
"""

from __future__ import annotations

import os
import time

from . import _process
from ._pipe import End, make_pipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional

_POLL_SECONDS = 0.005
# How much of what a child that could not start has said is passed on, in characters.
_MOST_WORDS = 200


class Child:
    """Starts one at once. It reads `reader`; `shown`: what it has for people goes to the host's standard error."""

    def __init__(self, binary: str, reader: End, idle_seconds: float, shown: bool) -> None:
        self.idle_seconds = idle_seconds
        # What it said: `reading`, `ending`, `kept`; see the help of `stream`.
        self.is_reading = self.is_ending = self.is_kept = False
        self.has_ended = False
        # Somebody else's child, unless there is a `process`.
        self.pid: Optional[int] = None
        self.process: Optional[_process.Process] = None
        self._said = b""
        self._signs: Optional[End] = None
        self._errors: Optional[End] = None
        # Kept where a fork finds and closes them, from the moment they are there.
        self._theirs: List[End] = []
        try:
            self._start(binary, reader, shown)
        except BaseException:
            self.forget()
            raise
        finally:
            self._close_theirs()
        # The shell's, where there was one between.
        self.look()

    def _start(self, binary: str, reader: End, shown: bool) -> None:
        self._signs, theirs = make_pipe(into_child=False)
        self._theirs.append(theirs)
        errors = 2
        if not (shown and _is_open(2)):
            self._errors, own = make_pipe(into_child=False)
            self._theirs.append(own)
            errors = own.number
        command = [binary, "stream", "--idle", "%g" % self.idle_seconds]
        self.process = _process.start(command, (reader.number, theirs.number, errors), leaves=True)

    def look(self) -> None:
        """Takes what it has said since the last time. Never waits."""
        if self.has_ended or self._signs is None:
            return
        # Comes first: a child that has ended says nothing more.
        if self.process is not None:
            self.process.poll()
        while True:
            said = self._signs.read()
            if not said:
                break
            self._said += said
        *lines, self._said = self._said.split(b"\n")
        for line in lines:
            if line.isdigit():
                self.pid = int(line)
            self.is_reading = self.is_reading or line == b"reading"
            self.is_ending = self.is_ending or line == b"ending"
            self.is_kept = self.is_kept or line == b"kept"
        if said is None:
            self.has_ended = True
            self._signs.close()
        # It has started well: nobody needs its words any more.
        if self.is_reading and self._errors is not None:
            self._errors.close()
            self._errors = None

    def words(self) -> str:
        """What a child that could not start has said, on one line, without what could do something to a terminal."""
        said = self._errors.read() if self._errors is not None else None
        lines = (said or b"").decode("ascii", "replace").splitlines()
        first = next((line.strip() for line in lines if line.strip()), "it said nothing")
        return "".join(sign if " " <= sign <= "~" else "?" for sign in first)[:_MOST_WORDS]

    def wait(self, seconds: float, until_kept: bool) -> bool:
        """Waits until it has ended, or until all it was given is safe on disk. Returns whether it was in time."""
        until = time.monotonic() + seconds
        while True:
            self.look()
            if self.has_ended or (until_kept and self.is_kept):
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(_POLL_SECONDS)

    def kill(self) -> None:
        """Ends it, whatever it is doing."""
        self.look()
        if self.process is not None:
            self.process.kill()
        elif self.pid is not None and not self.has_ended:
            # It runs, because its pipe is open; so the number is still its own.
            _process.kill(self.pid)

    def collect(self) -> bool:
        """Whether it has ended and was collected, so that nobody needs to think of it any more."""
        self.look()
        if not self.has_ended:
            return False
        if self.process is not None and self.process.poll() is None:
            return False
        self.forget()
        return True

    def forget(self) -> None:
        """Closes what this process has of it, and leaves it alone."""
        self._close_theirs()
        for end in (self._signs, self._errors):
            if end is not None:
                end.close()
        self._errors = None
        self.has_ended = True

    def _close_theirs(self) -> None:
        while self._theirs:
            self._theirs.pop().close()


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
