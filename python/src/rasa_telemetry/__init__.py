"""Reports events of a Python program through the `rasa-telemetry` binary.

    import rasa_telemetry
    rasa_telemetry.track("Shell Started", {"type": "rasa"})

Nothing here raises because of telemetry, and nothing waits for the network. A process that reports something starts
one `rasa-telemetry stream`, and writes each event as a line to its standard input, a pipe that never blocks: what
doesn't fit is dropped and counted. The child decides about consent, drops whatever isn't documented, and sends; it goes
on with that for some seconds after this process has ended, and ends by itself when nothing has come for a while.

The one thing that is waited for is `init`, before the first event: where the user was never told about telemetry, it
tells them, and may ask. Where nobody must be told, nothing is started to find that out.

Processes, threads, forks and signal handlers may report at any time. A process that ends through `os._exit`, as forked
workers of `multiprocessing` do, or by a signal loses nothing but the end of a line that a full pipe had no room for.

Whatever goes wrong is one line on the logger "rasa_telemetry", at level DEBUG, that never quotes a value. An event that
isn't in the catalogue is one at level WARNING.
"""

from __future__ import annotations

import collections
import sys
from types import ModuleType

from . import _facts, _recorder
from ._answer import machine_id as _machine_id
from ._finder import find_binary as _find_binary
from ._log import LOG as _LOG, Unusable as _Unusable

# For those who check types, and not loaded when a program runs: `typing` alone takes as long as this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Deque, Dict, Mapping, Optional

__all__ = [
    "ChoiceNotStored",
    "__version__",
    "attach",
    "binary_path",
    "close",
    "enabled",
    "identify",
    "init",
    "set_enabled",
    "telemetry_id",
    "track",
    "track_error",
]

__version__ = _facts.VERSION

_MAX_EVENT_CHARACTERS = 200
_MAX_FRAMES = 20
# On an error that was reported: it may pass several places that report it.
_REPORTED = "_rasa_telemetry_reported"


class ChoiceNotStored(SystemExit):
    """A choice that isn't stored: nothing can be written, or the licence doesn't allow it.

    The one exception that leaves this package because of telemetry. What is wrong was said on standard error, and
    whoever doesn't catch it ends with the binary's exit code: 3 where the licence forbids it.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code)
        self.message = message


def track(
    event: str, properties: Optional[Mapping[str, Any]] = None, context: Optional[Mapping[str, Any]] = None
) -> None:
    """Reports an event of the catalogue (`rasa-telemetry events`).

    A property that JSON can't carry (NaN, an object of your own) is left out and the rest goes; an event of more than
    32 KB is dropped. `context` replaces what is found out here: `python` and `rasa_pro`, both versions.
    """
    name = event if type(event) is str else str.__str__(event) if isinstance(event, str) else ""
    if 0 < len(name) <= _MAX_EVENT_CHARACTERS:
        _recorder.record(name, "properties", {} if properties is None else properties, context)
    else:
        _LOG.debug("Dropped an event: its name can't be one")


def identify(traits: Mapping[str, Any], context: Optional[Mapping[str, Any]] = None) -> None:
    """Reports traits of the installation, once at the start of a server. Otherwise as `track`."""
    _recorder.record(None, "traits", traits, context)


def track_error(error: BaseException, stage: str = "other", component: Optional[str] = None) -> None:
    """Reports Error Encountered, once for each error: its type, and where in Rasa's own package it happened.

    Never its message.
    """
    try:
        if getattr(error, _REPORTED, False):
            return
        frames = _frames_in_rasa(error)
        error_type = type(error).__name__
        _mark_reported(error)
    except Exception as fault:
        _LOG.debug("Dropped an event: %s", type(fault).__name__)
        return
    track(
        "Error Encountered", {"error_type": error_type, "stage": stage, "component": component, "frames": list(frames)}
    )


def _mark_reported(error: BaseException) -> None:
    try:
        setattr(error, _REPORTED, True)
    except Exception as fault:
        _LOG.debug("An error can't be marked: %s", type(fault).__name__)


def enabled() -> bool:
    """Whether events of this process go anywhere: for a caller to whom its properties are work.

    Asks `init` where that can't be told without, unless this process has done so.
    """
    try:
        return _recorder.current().settle(wait=True) is not _recorder.OFF
    except KeyboardInterrupt as error:
        raise error.with_traceback(None) from None  # The host's own.
    except Exception as error:
        _LOG.debug("Telemetry can't be asked: %s", type(error).__name__)
        return False


def init() -> None:
    """Lets the user be told, where that is still to be done: for a program that wants it before its first event.

    Waits for `init` two seconds at most, and thirty more where it can ask.
    """
    enabled()


def set_enabled(enabled: bool) -> None:
    """Stores the user's choice, as `rasa-telemetry enable` and `disable` do. Throws `ChoiceNotStored` where it isn't.

    Says nothing but what is wrong. Ends what this process has started under the choice before.
    """
    from ._init import run_choice

    try:
        answered = run_choice(_find_binary(), "enable" if enabled else "disable")
        code = 1 if answered.code is None else answered.code
        message = answered.err.decode("utf-8", "replace").strip() or "the binary did not end in time"
    except (_Unusable, OSError) as error:
        reason = error if isinstance(error, _Unusable) else "the binary can't be started (%s)" % error.strerror
        code, message = 1, "rasa-telemetry: Cannot store the choice: %s" % reason
        answered = None
    if (code != 0 or answered is not None and answered.err) and sys.stderr is not None:
        print(message, file=sys.stderr)
    if code != 0:
        raise ChoiceNotStored(code if code > 0 else 1, message)
    _recorder.current().forget_answer()


def telemetry_id() -> Optional[str]:
    """The machine id, under which reports leave; None while there is none."""
    try:
        return _machine_id()
    except Exception as error:
        _LOG.debug("The machine id can't be told: %s", type(error).__name__)
        return None


def attach(telemetry: ModuleType) -> bool:
    """Lets an installed Rasa report through this package: `attach(rasa.telemetry)`, early or late, once or often.

    Rasa's own functions gather what an event has; what they would send goes the way that `track` goes. Returns whether
    it is attached: a release that we don't fit into is left as it is, named once at level WARNING, and this package
    reports nothing in its process. A worker that is spawned needs it too, so call it where modules are imported.
    """
    # Whoever doesn't attach needs none of it.
    from ._attach import attach as attach_to

    return attach_to(telemetry)


def binary_path() -> Optional[str]:
    """The absolute path of the binary that this process starts; None where there is none that can be started."""
    try:
        return _find_binary()
    except _Unusable:
        return None


def close(wait: Optional[float] = None) -> None:
    """Lets the child deliver what it has, and end. Runs by itself when the interpreter ends; a later event starts anew.

    `wait` is how many seconds to wait at most until the child has ended. By default that is none, but for debug mode,
    and for containers whose end the end of this process may be: there it is until everything is on disk.
    """
    try:
        _recorder.current().close(wait)
    except Exception as error:
        _LOG.debug("Could not close telemetry: %s", type(error).__name__)


def _frames_in_rasa(error: BaseException) -> Deque[Dict[str, Any]]:
    frames: Deque[Dict[str, Any]] = collections.deque(maxlen=_MAX_FRAMES)
    trace = error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__")
        if isinstance(module, str) and (module + ".").startswith("rasa."):
            name = trace.tb_frame.f_code.co_name
            frames.appendleft({"module": module, "function": name, "line": trace.tb_lineno})
        trace = trace.tb_next
    return frames
