"""What this process does with its events, and the one stream that takes them.

The variables that decide about telemetry are looked at before each event, so that a no which the host sets in
`os.environ` holds from the next event on. The child was started under what held before: it is killed, and what it has
neither sent nor queued is lost. A request that is under way can't be called back.
"""

from __future__ import annotations

import atexit
import os
import sys
import time

from . import _facts, _process
from ._answer import answer_of, can_ask, is_yes, may_read_terminal
from ._encode import encode
from ._finder import find_binary
from ._log import LOG, Dropped, Unusable
from ._place import in_container
from ._runner import runs_tests
from ._stream import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Set, Tuple, Union

    # Values of variables as `os.environ` keeps them.
    _Variables = Tuple[Union[str, bytes, None], ...]

# How long the end of this process waits for its child: in debug mode, so that all reports are shown before the prompt.
_DEBUG_SECONDS = 5.0
# In a container, where the end of this process may be the end of all: until everything is on disk, and a moment more in
# which a server that is near can answer.
_KEEP_SECONDS = 2.0
_DELIVERY_SECONDS = 0.25
_LOCK_SECONDS = 1.0


class Mode:
    """What this process does with its events."""

    def __init__(self, meaning: str) -> None:
        self.meaning = meaning


UNASKED = Mode("it isn't known yet")
DELIVER = Mode("its child takes them, and sends what may leave")
DEBUG = Mode("its child shows them")
OFF = Mode("nothing is started: telemetry is off, there is no binary, or `init` gave no answer")


class Recorder:
    """One process's. A forked process gets one of its own, which inherits what was found out."""

    def __init__(self, mode: Mode = UNASKED, asked_under: _Variables = ()) -> None:
        self.mode = mode
        # What the variables said when the mode was found out.
        self.asked_under = asked_under
        self.stream = Stream(self._may_send, self._is_shown)
        # The names of events that nobody knows and that were said to be so.
        self.unknown: Set[str] = set()

    def record(self, event: Optional[str], key: str, content: Any, context: Any) -> None:
        """Hands one report to the child. Throws `Dropped` and whatever the host's objects do."""
        if self.settle(wait=False) is OFF:
            return
        if event is not None and event not in _facts.EVENTS and event not in self.unknown:
            self.unknown.add(event)
            self._say_unknown(event)
        self.stream.send(encode(event, key, content, context))

    def _say_unknown(self, event: str) -> None:
        # In debug mode the child says it, beside the reports.
        if self.mode is DEBUG:
            return
        from difflib import get_close_matches

        nearest = get_close_matches(event, sorted(_facts.EVENTS), 1)
        way = " (the nearest is %s)" % ascii(nearest[0]) if nearest else ""
        # What a program calls its events isn't secret, and it may hold what a terminal obeys.
        LOG.warning("No such event: %s%s. It is counted, and not reported", ascii(event), way)

    def settle(self, wait: bool) -> Mode:
        """The mode, once it is known; the first to come may run `init`. Without `wait` the others go on meanwhile."""
        stream = self.stream
        if not wait and self._is_known():
            return self.mode
        if not stream.lock.acquire(wait):
            return self.mode
        try:
            # Whoever a handler has interrupted at the pipe asks again for the next line.
            return self.mode if stream.busy else self._ask()
        except Unusable as error:
            self._switch_off(error)
            return self.mode
        finally:
            stream.lock.release()

    def close(self, wait: Optional[float]) -> None:
        stream = self.stream
        if not stream.lock.acquire(timeout=_LOCK_SECONDS):
            return
        try:
            # A handler that interrupted an event can't end it; the end of the interpreter does.
            if stream.busy:
                return
            try:
                stream.busy = True
                if self._has_changed():
                    stream.abandon()
                else:
                    stream.finish()
            finally:
                stream.busy = False
        finally:
            stream.lock.release()
        self._wait(wait)
        # For whoever reported something meanwhile.
        stream.pump()

    def forget_answer(self) -> None:
        """The user has just decided: what was found out before is void."""
        self.close(None)
        self.mode, self.stream.unusable = UNASKED, None

    def _wait(self, wait: Optional[float]) -> None:
        """Waits for the children that were let go: as long as somebody says, or as long as this process must."""
        leaving = self.stream.leaving
        if not leaving:
            return
        if wait is None and self.mode is DEBUG:
            wait = _DEBUG_SECONDS
        if wait is not None:
            until = time.monotonic() + wait
            for child in leaving:
                child.wait(max(0.0, until - time.monotonic()), until_kept=False)
            self.stream.collect()
        elif os.getpid() == 1 or in_container():
            # A child that is kept must not be left to a process 1 that collects nothing.
            if _process.may_end_container() or any(child.process is not None for child in leaving):
                self._wait_until_kept()

    def _wait_until_kept(self) -> None:
        until = time.monotonic() + _KEEP_SECONDS
        safe = [child.wait(max(0.0, until - time.monotonic()), until_kept=True) for child in self.stream.leaving]
        until = time.monotonic() + _DELIVERY_SECONDS
        for child, is_safe in zip(self.stream.leaving, safe):
            if not child.wait(max(0.0, until - time.monotonic()), until_kept=False):
                # A child of this process that outlives it would be nobody's in a container whose first process collects
                # nothing. What it has is on disk, and goes with the next one.
                if is_safe and child.process is not None and os.getpid() != 1:
                    child.kill()
                    child.wait(_DELIVERY_SECONDS, until_kept=False)
        self.stream.collect()

    def _ask(self) -> Mode:
        """The mode; finds it out where it isn't known for these variables. Called with the lock. Throws `Unusable`."""
        if self._is_known():
            return self.mode
        if self._has_changed():
            LOG.debug("Telemetry starts anew: a variable that decides about it has changed")
            self.stream.abandon()
        variables = _read_variables()
        # Again: a handler may have been here, and nothing comes between this question and the next line.
        if self.mode is UNASKED or variables != self.asked_under:
            # Stays in a process that is forked meanwhile. It must not ask again, and its child knows what may leave.
            self.mode, self.asked_under = DELIVER, variables
            self.stream.unusable = None
            try:
                answer = self._find_out()
            except BaseException as error:
                # Ctrl-C at the question, say. Nothing was answered, and this process doesn't ask again.
                reason = "waiting for `init` ended with %s" % type(error).__name__
                self._switch_off(error if isinstance(error, Unusable) else Unusable(reason))
                raise
            # Otherwise a handler has changed a variable, and asked anew.
            if self.asked_under is variables:
                self.mode = answer
            if self.mode is OFF:
                self._say_off("it is off")
        return self.mode

    def _find_out(self) -> Mode:
        if _forbidden is not None:
            raise Unusable(_forbidden)
        if runs_tests() and not is_yes(os.environ.get("RASA_TELEMETRY_ENABLED")):
            self._say_off("a test runner runs it")
            return OFF
        binary = find_binary()
        if _is_debug():
            return DEBUG
        answer = answer_of(binary, can_ask() and may_read_terminal())
        if answer is None:
            from ._init import run_init

            try:
                answer = run_init(binary)
            except OSError as error:
                _process.raise_unusable(error)
                # The fault may pass. Nobody was told, and nothing leaves before somebody was.
                answer = True
        return DELIVER if answer else OFF

    def _switch_off(self, reason: Unusable) -> None:
        self.mode = OFF
        self.stream.switch_off(reason)

    def _say_off(self, why: str) -> None:
        if self.stream.unusable is None:
            self.stream.unusable = Unusable(why)
            LOG.debug("Telemetry does nothing in this process: %s", why)

    def _may_send(self) -> bool:
        if self.stream.unusable is not None:
            return False
        return self._ask() is not OFF

    def _is_shown(self) -> bool:
        return self.mode is DEBUG

    def _is_known(self) -> bool:
        if self.stream.unusable is not None and self.mode is not OFF:
            self.mode = OFF
        return self.mode is not UNASKED and _read_variables() == self.asked_under

    def _has_changed(self) -> bool:
        return self.mode is not UNASKED and _read_variables() != self.asked_under


_recorder = Recorder()
# Why nothing of this process goes anywhere, whatever its variables say.
_forbidden: Optional[str] = None
_process_id = os.getpid()


def current() -> Recorder:
    """This process's own."""
    # A fork that Python wasn't told of: C code can do that.
    if _process_id != os.getpid():
        _after_fork_in_child()
    return _recorder


def forbid(why: str) -> None:
    """Lets nothing of this process go anywhere from now on."""
    global _forbidden
    _forbidden = why
    current().forget_answer()


def record(event: Optional[str], key: str, content: Any, context: Any) -> None:
    """Hands one report to the child; traits have no event. The one place that catches everything."""
    what = "traits" if event is None else "an event"
    try:
        current().record(event, key, content, context)
    except Dropped as error:
        LOG.debug("Dropped %s: %s", what, error)
    except KeyboardInterrupt as error:
        # The host's own. What it interrupted in here is nothing that a user should have to read.
        raise error.with_traceback(None) from None
    except Exception as error:
        # The class alone: a message may quote what the caller passed.
        LOG.debug("Dropped %s: %s", what, type(error).__name__)


def _read_variables() -> _Variables:
    # Before each event. For what isn't set, `os.environ` throws and catches two exceptions.
    values = getattr(os.environ, "_data", None)
    if type(values) is dict:
        return tuple(map(values.get, _VARIABLES))
    # A host may put something else in its place.
    found = map(os.environ.get, _facts.CONSENT_VARIABLES)
    return tuple([None if value is None else _encode_value(value) for value in found])


# As `os.environ` keeps them.
_VARIABLES = tuple(map(getattr(os.environ, "encodekey", str), _facts.CONSENT_VARIABLES))
_encode_value = getattr(os.environ, "encodevalue", str)


def _is_debug() -> bool:
    return os.environ.get("RASA_TELEMETRY_DEBUG", "").lower() not in ("", "0", "false", "no", "off")


def _after_fork_in_child() -> None:
    """Starts anew, with a lock that no thread of the parent holds.

    The mode is kept: who forks after `init`, or while it runs, must not be asked again.
    """
    global _recorder, _process_id
    before, _process_id = _recorder, os.getpid()
    before.stream.leave_to_parent()
    _recorder = Recorder(before.mode, before.asked_under)
    _recorder.stream.unusable = before.stream.unusable


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_after_fork_in_child)


@atexit.register
def _close_at_exit() -> None:
    try:
        current().close(None)
    except (Exception, KeyboardInterrupt):
        pass  # Whoever waits for the end has waited enough.
