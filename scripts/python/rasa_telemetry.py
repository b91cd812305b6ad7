"""Reports events of a Python program through the `rasa-telemetry` binary.

    import rasa_telemetry
    rasa_telemetry.track("Shell Started", {"type": "rasa"})

Nothing here raises because of telemetry, and nothing waits for the network: every event is handed to a process of
its own, which decides about consent, drops whatever isn't documented, and sends. The one thing that is waited for is
`init`, before the first event of a process: where the user was never told about telemetry, it tells them, and may ask.

Whatever goes wrong is one line on the logger "rasa_telemetry", at level DEBUG, that never quotes a value.
"""

from __future__ import annotations

import enum
import errno
import functools
import json
import logging
import os
import platform
import subprocess
import threading
from typing import Any, Dict, List, Mapping, Optional, Tuple

__all__ = ["identify", "track"]

_log = logging.getLogger("rasa_telemetry")
_encoder = json.JSONEncoder(ensure_ascii=True, allow_nan=False)
_WINDOWS = os.name == "nt"
_BINARY_NAME = "rasa-telemetry.exe" if _WINDOWS else "rasa-telemetry"

# A pipe holds 64 KiB: this much is in it before anybody reads.
_MAX_PAYLOAD_BYTES = 60_000
_MAX_EVENT_CHARACTERS = 200
_MAX_DEPTH = 32
# Each is a process of its own: a program that reports in a loop must not fill the machine with them.
_MAX_CHILDREN = 64
# `init` itself asks for 30 seconds at most.
_INIT_SECONDS = 60.0
_DEBUG_SECONDS = 5.0
# What the system answers where a file is not a program that may be started here.
_UNUSABLE_ERRORS = (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.ENOEXEC)


def track(
    event: str, properties: Optional[Mapping[str, Any]] = None, context: Optional[Mapping[str, Any]] = None
) -> None:
    """Reports an event of the catalogue (`rasa-telemetry events`).

    A property that JSON can't carry (NaN, an object of your own) is left out and the rest goes; an event of more than
    60,000 bytes is dropped. `context` replaces what is found out here: `python` and `rasa_pro`, both versions.
    """
    if _is_event_name(event):
        _record(["track", event], "properties", {} if properties is None else properties, context)
    else:
        _log.debug("Dropped an event: its name can't be one")


def identify(traits: Mapping[str, Any], context: Optional[Mapping[str, Any]] = None) -> None:
    """Reports traits of the installation, once at the start of a server. Otherwise as `track`."""
    _record(["identify"], "traits", traits, context)


class _Mode(enum.Enum):
    """What this process does with its events."""

    UNASKED = "`init` has not run yet"
    DELIVER = "each event is queued, and a delivery tried"
    QUEUE = "each event is only queued: the user was told in this run, and has the whole run to say no"
    OFF = "nothing is started: telemetry is off, or there is no binary"


class _Dropped(Exception):
    """Why an event goes nowhere."""


class _Unusable(_Dropped):
    """Why no event of this process can go anywhere."""


class _Child(subprocess.Popen):  # type: ignore[type-arg]  # Popen takes no parameter before Python 3.9
    """A process that may outlive this one, so that `Popen.__del__` has no cause to warn of it."""

    def __del__(self) -> None:
        pass


# Re-entrant, as a signal's handler may report an event while its thread is here.
_lock = threading.RLock()
_mode = _Mode.UNASKED
_children: List[_Child] = []


def _after_fork_in_child() -> None:
    """Leaves the parent's children to the parent, and a lock that one of its threads held.

    The mode is kept: who forks after `init`, or while it runs, must not be asked again.
    """
    global _lock, _children
    _lock = threading.RLock()
    _children = []


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def _is_event_name(event: object) -> bool:
    """Whether it can be an argument of a program, and not one of its options."""
    if not isinstance(event, str) or len(event) > _MAX_EVENT_CHARACTERS or "\0" in event or event.startswith("-"):
        return False
    try:
        return bool(os.fsencode(event))
    except UnicodeError:
        return False


def _record(arguments: List[str], key: str, content: Any, context: Any) -> None:
    """Hands one report to a process of its own. The one place that catches everything."""
    global _mode
    try:
        debug = os.environ.get("RASA_TELEMETRY_DEBUG", "").lower() in ("true", "1", "yes", "on")
        mode = _Mode.OFF if _mode is _Mode.OFF else _prepare(debug)
        if mode is _Mode.OFF:
            return
        if mode is _Mode.QUEUE:
            arguments = arguments + ["--timeout", "0"]
        _start(arguments, _encode(key, content, context), debug)
    except _Unusable as error:
        with _lock:
            first, _mode = _mode is not _Mode.OFF, _Mode.OFF
        if first:
            _log.debug("Telemetry does nothing in this process: %s", error)
    except _Dropped as error:
        _log.debug("Dropped %s: %s", arguments[0], error)
    except Exception as error:
        # The class alone: a message may quote what the caller passed.
        _log.debug("Dropped %s: %s", arguments[0], type(error).__name__)


def _prepare(debug: bool) -> _Mode:
    """The mode, once it is known; the first to come runs `init`, the others wait for its answer."""
    global _mode
    with _lock:
        _find_binary()
        if _mode is _Mode.UNASKED and not debug:
            # Stays where no answer comes (time-out, Ctrl-C), and in a process forked meanwhile: the notice may be out.
            _mode = _Mode.QUEUE
            _mode = _run_init()
        return _mode


@functools.lru_cache(maxsize=1)
def _find_binary() -> str:
    """The binary's absolute path, found once: the working folder may change. Throws `_Unusable`."""
    named = os.environ.get("RASA_TELEMETRY_BINARY", "")
    if named:
        candidates = [os.path.abspath(named)]
    else:
        folders = [os.path.dirname(os.path.abspath(__file__))]
        # Without relative entries, and without the search of the working folder that Windows adds: whoever made a
        # project must not choose which program runs in it.
        folders += filter(os.path.isabs, os.environ.get("PATH", "").split(os.pathsep))
        candidates = [os.path.join(folder, _BINARY_NAME) for folder in folders]
    for candidate in candidates:
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    raise _Unusable("RASA_TELEMETRY_BINARY is not a program" if named else "there is no rasa-telemetry binary")


def _run_init() -> _Mode:
    """Lets the user be told, in the foreground. Without an answer that makes sense: as if nothing was shown."""
    try:
        stdin = None if _may_read_terminal() else subprocess.DEVNULL
        child = _spawn(["init", "--json"], stdin=stdin, stdout=subprocess.PIPE)
    except OSError:
        return _Mode.DELIVER
    try:
        text, _ = child.communicate(timeout=_INIT_SECONDS)
    except subprocess.TimeoutExpired:
        return _Mode.QUEUE
    finally:
        if child.returncode is None:
            child.kill()
            _keep(child)
        if child.stdout is not None:
            child.stdout.close()
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return _Mode.DELIVER
    if not isinstance(answer, dict):
        return _Mode.DELIVER
    if answer.get("enabled") is False:
        return _Mode.OFF
    return _Mode.QUEUE if answer.get("shown") is True else _Mode.DELIVER


def _may_read_terminal() -> bool:
    """Whether `init` may ask. The system stops a background job that reads its terminal, and this process with it."""
    try:
        return not hasattr(os, "tcgetpgrp") or not os.isatty(0) or os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return True  # A terminal, but not the one that controls this process.


def _start(arguments: List[str], payload: bytes, debug: bool) -> None:
    """Starts the binary with the payload on its stdin. Waits for nothing, but in debug mode for what it prints."""
    with _lock:
        # The place where children that have ended are collected: `poll` does that.
        _children[:] = [child for child in _children if child.poll() is None]
        if len(_children) >= _MAX_CHILDREN:
            raise _Dropped("%d earlier ones are still under way" % len(_children))
    reader, writer = os.pipe()
    with open(reader, "rb", buffering=0) as source, open(writer, "wb", buffering=0) as sink:
        if not _WINDOWS:
            # All of it is in the pipe before there is anybody to read: a child that ends early can then neither block
            # this process nor end it (SIGPIPE). A pipe may be smaller than usual where the system is short of memory.
            os.set_blocking(writer, False)
            if sink.write(payload) != len(payload):
                raise _Dropped("the system gave a pipe that is too small")
        output = None if debug else subprocess.DEVNULL
        child = _spawn(arguments, stdin=source, stdout=output, stderr=output, start_new_session=True)
        _keep(child)
        if _WINDOWS:
            # A pipe holds less there, so its other end must be the child's alone: it breaks if the child is gone.
            source.close()
            sink.write(payload)
    if debug:
        try:
            child.wait(timeout=_DEBUG_SECONDS)
        except subprocess.TimeoutExpired:
            pass


def _spawn(arguments: List[str], **options: Any) -> _Child:
    """Starts the binary in this folder, with this environment. Throws `_Unusable`, or OSError for a passing fault."""
    if _WINDOWS and "start_new_session" in options:
        options["creationflags"] = 0x0800_0000 | 0x0000_0200  # CREATE_NO_WINDOW, CREATE_NEW_PROCESS_GROUP
    try:
        return _Child([_find_binary(), *arguments], close_fds=True, **options)
    except OSError as error:
        if error.errno in _UNUSABLE_ERRORS:
            raise _Unusable("the binary can't be started (%s)" % error.strerror) from None
        raise


def _keep(child: _Child) -> None:
    with _lock:
        _children.append(child)


def _encode(key: str, content: Any, context: Any) -> bytes:
    """The payload as ASCII, without the keys whose values JSON can't carry. Throws `_Dropped`."""
    parts = {key: content, "context": {} if context is None else context}
    if not all(isinstance(part, Mapping) for part in parts.values()):
        raise _Dropped("its %s or its context is not a mapping" % key)
    parts["context"] = {**_default_context(), **parts["context"]}
    room = [_MAX_PAYLOAD_BYTES]
    payload = _encoder.encode({name: _carry(part, room, ()) for name, part in parts.items()}).encode("ascii")
    if len(payload) > _MAX_PAYLOAD_BYTES:
        raise _Dropped("more than %d bytes" % _MAX_PAYLOAD_BYTES)
    return payload


def _carry(value: Any, room: List[int], above: Tuple[int, ...]) -> Any:
    """The value as JSON can carry it; of a mapping, what can be carried. ValueError or TypeError where nothing can be.

    `room` counts down, so that something huge is dropped before it costs time. `above` are the ids of what holds it.
    """
    room[0] -= len(value) if isinstance(value, str) else 1
    if room[0] < 0:
        raise _Dropped("more than %d bytes" % _MAX_PAYLOAD_BYTES)
    if not isinstance(value, (Mapping, list, tuple)):
        _encoder.encode(value)
        return value
    if id(value) in above or len(above) >= _MAX_DEPTH:
        raise ValueError("circular, or too deep")
    above += (id(value),)
    if not isinstance(value, Mapping):
        return [_carry(item, room, above) for item in value]
    carried: Dict[str, Any] = {}
    for name, item in list(value.items()):
        if isinstance(name, str):
            try:
                carried[name] = _carry(item, room, above)
            except (ValueError, TypeError):
                continue
    return carried


@functools.lru_cache(maxsize=1)
def _default_context() -> Mapping[str, str]:
    """What the binary can't find out by itself."""
    context = {"python": platform.python_version()}
    # Imported late: it takes longer than all the rest of this module, and a process without telemetry doesn't need it.
    from importlib import metadata

    for distribution in ("rasa-pro", "rasa"):
        try:
            version = metadata.version(distribution)
        except Exception:
            continue  # Not installed, or with metadata that can't be read.
        if isinstance(version, str):
            context["rasa_pro"] = version
            break
    return context
