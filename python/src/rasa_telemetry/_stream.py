"""The way of this process's events to its child: the lines that wait, the pipe, and who reads at its other end.

Any thread puts its line with those that wait; whoever gets the lock takes them to the pipe, the others go on.

No event is lost when the child ends because nothing came for a while. Before it stops reading it says so, and reads for
a second more. The host looks before each write whether anything was said: then the line goes to another child. It looks
once more after the write: then it takes back what nobody has read. Decision 33 tells the races.
"""

from __future__ import annotations

import collections
import os
import threading
import time

from ._child import Child
from ._finder import find_binary
from ._log import LOG, Unusable
from ._pipe import End, make_pipe, take_back
from ._tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Deque, List, Optional

# Lines wait in memory only while another thread is at the pipe, or `init` has not answered.
_MAX_WAITING_LINES = 1_000
# A child ends by itself when nothing came for so long; the next one waits twice as long, if it was needed soon.
_IDLE_SECONDS = 60.0
_MOST_IDLE_SECONDS = 16 * 60.0
# How long after a child's death the next is started; after the last of them, no more.
_RESTART_SECONDS = (0.0, 5.0, 60.0)
# For the end of a line that the pipe had no room for.
_FLUSH_SECONDS = 1.0
# How long it counts that a child which reads had not said that it ends. After that it reads for a quarter of a second
# where somebody asked it to end, for a second where it was idle.
_LOOK_SECONDS = 0.1
_POLL_SECONDS = 0.005


class Stream:
    """`may_send` says anew for each line whether anything may be sent, and `is_shown` whether people are to see it."""

    def __init__(self, may_send: Callable[[], bool], is_shown: Callable[[], bool]) -> None:
        self.process = os.getpid()
        self.may_send = may_send
        self.is_shown = is_shown
        # Re-entrant, so that a signal's handler learns from `busy` that the code it interrupted was in here.
        self.lock = threading.RLock()
        self.busy = False
        self.waiting: Deque[bytes] = collections.deque()
        # The end of a line of which the pipe has the beginning.
        self.rest = b""
        # Set while it isn't known how much of a line the pipe has: stays where an exception comes out of a handler.
        self.torn = False
        # The reading end is kept: so the child's death neither ends this process (SIGPIPE), nor loses what the child
        # had not read yet. The next child reads it.
        self.reader: Optional[End] = None
        self.writer: Optional[End] = None
        self.child: Optional[Child] = None
        # Children that were let go and have not been seen to end.
        self.leaving: List[Child] = []
        self.idle_seconds = _IDLE_SECONDS
        self.written_at = 0.0
        self.looked_at = -_LOOK_SECONDS
        self.deaths = 0
        self.restart_at = 0.0
        self.dropped = Tally()
        self.reported = 0
        # Why no event of this process goes anywhere any more.
        self.unusable: Optional[Unusable] = None

    def send(self, line: bytes) -> None:
        if len(self.waiting) < _MAX_WAITING_LINES:
            self.waiting.append(line)
        else:
            self.drop()
        self.pump()

    def pump(self) -> None:
        """Takes the lines that wait to the pipe, unless somebody is at it: who then looks again before they leave."""
        while self.waiting and self.lock.acquire(False):
            try:
                if self.busy:
                    return
                try:
                    self.busy = True
                    self.drain()
                finally:
                    self.busy = False
            finally:
                self.lock.release()

    def drain(self) -> None:
        try:
            while self.waiting:
                # For each line: the host may have said no since the last.
                if not self.may_send():
                    self.waiting.clear()
                    return
                self.tend()
                self.write(self.waiting.popleft())
                self.look_again()
        except Unusable as error:
            self.switch_off(error)

    def tend(self) -> None:
        """Sees to it that there is a pipe, and a child that reads it, or one to come. Throws `Unusable`."""
        self.collect()
        if self.writer is not None and self.reader is not None:
            if not (self.writer.is_ours() and self.reader.is_ours()):
                # The host has closed what it didn't know, as programs do that become daemons.
                self.let_go()
        child = self.child
        if child is not None:
            if self.is_fresh(child):
                return
            # Before the look: the child may say something while this process is stopped.
            self.looked_at = time.monotonic()
            child.look()
            if not child.has_ended and not child.is_ending:
                return
            self.replace(child)
        if self.writer is None:
            self.reader, self.writer = make_pipe(into_child=True)
        if self.child is None and time.monotonic() >= self.restart_at:
            self.start()

    def is_fresh(self, child: Child) -> bool:
        """Whether the last look at the child still tells that it reads what is written now."""
        is_well = child.is_reading and not child.is_ending and not child.has_ended
        return is_well and time.monotonic() - self.looked_at < _LOOK_SECONDS

    def replace(self, child: Child) -> None:
        """Makes room for the next child. Throws `Unusable`."""
        now = time.monotonic()
        self.child = None
        if not child.has_ended:
            # It reads for a second more: two at one pipe could tear a line.
            self.leaving.append(child)
            self.retire_pipe()
        elif not child.is_reading:
            words = child.words()
            child.forget()
            raise Unusable("the binary can't be started: %s" % words)
        else:
            child.forget()
        if not child.is_ending:
            self.note_death(now)
        elif now - self.written_at < 2 * child.idle_seconds:
            self.idle_seconds = min(2 * child.idle_seconds, _MOST_IDLE_SECONDS)
        else:
            self.idle_seconds = _IDLE_SECONDS

    def look_again(self) -> None:
        """Looks whether the child stopped reading while the line was written. Throws `Unusable`."""
        child = self.child
        if child is None or self.is_fresh(child):
            return
        child.look()
        if child.is_ending or child.has_ended:
            self.tend()

    def retire_pipe(self) -> None:
        """Takes back what the child has not read. Its pipe then ends, and so does its second."""
        if self.reader is not None and self.writer is not None:
            lines = take_back(self.reader).splitlines(keepends=True)
            if lines and self.rest:
                lines[-1] += self.rest
            elif self.rest:
                self.drop()
            self.waiting.extendleft(reversed(lines))
            self.writer.close()
            self.reader.close()
        self.reader = self.writer = None
        self.rest, self.torn = b"", False

    def start(self) -> None:
        assert self.reader is not None
        try:
            self.child = Child(find_binary(), self.reader, self.idle_seconds, self.is_shown())
        except OSError:
            self.note_death(time.monotonic())
            raise

    def note_death(self, now: float) -> None:
        self.deaths += 1
        if self.deaths > len(_RESTART_SECONDS):
            raise Unusable("the `stream` process ended %d times" % self.deaths)
        self.restart_at = now + _RESTART_SECONDS[self.deaths - 1]
        LOG.debug("The `stream` process has ended or could not be started")

    def write(self, line: bytes) -> None:
        """Writes a line, as much of it as fits; a line of which nothing fits is dropped."""
        self.written_at = time.monotonic()
        if not self.write_rest():
            self.drop()
            return
        self.torn = True
        written = self.put(line)
        self.rest = line[written:] if written > 0 else b""
        self.torn = False
        if written == 0:
            self.drop()

    def write_rest(self) -> bool:
        """Writes what is left of a line; whether nothing is left any more."""
        if self.torn:
            # Ends whatever is in the pipe: the child skips a line that makes no sense, and one that is empty.
            self.rest, self.torn = b"\n", False
        if self.rest:
            self.torn = True
            self.rest = self.rest[self.put(self.rest) :]
            self.torn = False
        return not self.rest

    def put(self, data: bytes) -> int:
        return self.writer.write(data) if self.writer is not None else 0

    def drop(self) -> None:
        dropped = self.dropped.add()
        if dropped & (dropped - 1) == 0:
            LOG.debug("Dropped an event: the pipe is full (%d so far)", dropped)

    def finish(self) -> None:
        """Takes to the pipe what still waits, and lets the child go. Called with the lock."""
        try:
            self.drain()
            if self.child is not None:
                self.child.look()
            # A child that said that it ends has read everything, or `look_again` would have found out: but for what was
            # written while an earlier look counted (docs/contributing/decisions/33-the-childs-life.md, given up).
            if self.writer is not None and not (self.child is not None and self.child.is_ending):
                # Now or never: there may be lines in the pipe that a child which died had not read.
                self.restart_at = 0.0
                self.tend()
                self.flush(time.monotonic() + _FLUSH_SECONDS)
        except Unusable as error:
            self.switch_off(error)
        finally:
            self.let_go()
        dropped = self.dropped.total()
        if dropped > self.reported:
            LOG.debug("Events dropped because the pipe was full: %d", dropped - self.reported)
            self.reported = dropped

    def flush(self, until: float) -> None:
        """Waits until the pipe has had room for the rest of a line, while somebody reads it."""
        while not self.write_rest() and time.monotonic() < until:
            if self.child is None:
                return
            self.child.look()
            if self.child.has_ended:
                return
            time.sleep(_POLL_SECONDS)

    def collect(self) -> None:
        """Collects the children that have ended."""
        if self.leaving:
            self.leaving = [child for child in self.leaving if not child.collect()]

    def let_go(self) -> None:
        """Gives the child the end of its input. It delivers what it has, and ends by itself."""
        for end in (self.writer, self.reader):
            if end is not None:
                end.close()
        self.writer = self.reader = None
        self.rest, self.torn = b"", False
        if self.child is not None:
            self.leaving.append(self.child)
            self.child = None

    def abandon(self) -> None:
        """Kills the children and throws away what is in the pipe: what they were started under holds no more."""
        self.waiting.clear()
        for child in [self.child, *self.leaving]:
            if child is not None:
                child.kill()
        self.let_go()

    def switch_off(self, reason: Unusable) -> None:
        if self.unusable is None:
            self.unusable = reason
            LOG.debug("Telemetry does nothing in this process: %s", reason)
        self.waiting.clear()
        self.let_go()

    def leave_to_parent(self) -> None:
        """Forgets what belongs to the process that this one was forked from; the pipe then ends when that one wants."""
        self.waiting.clear()
        for child in [self.child, *self.leaving]:
            if child is not None:
                child.forget()
        self.child = None
        self.let_go()
        self.leaving = []
