"""What takes the place of Rasa's own functions in `rasa.telemetry`, under their names and with their parameters.

Rasa's `track_*` functions gather what each event has, and end in `_track` or `_identify`. Only what comes after that
is ours: nothing here knows an event. Nothing raises but a choice that isn't stored, which must end Rasa's command.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Dict, Mapping, Tuple

from . import _facts, enabled, identify, set_enabled, telemetry_id, track
from ._errors import install_hooks
from ._finder import find_binary
from ._init import run_status
from ._log import LOG, Unusable

# How Rasa's command is called: as a console script, of Windows too, with `python -m rasa`, and with our module.
_PROGRAMS = ("rasa", "rasa-script", "__main__")
# Rasa adds it to the properties; reports have the machine id.
_TELEMETRY_ID = "metrics_id"
# Whoever asks for an id must get one: without it, Rasa's functions give up.
_NO_ID = "unknown"


def _track(event_name: Any, properties: Any = None, context: Any = None) -> None:
    """Reports an event. The context is found out anew, by the binary."""
    try:
        if not _is_about_telemetry():
            track(event_name, _without_id(properties or {}))
    except Exception as error:
        LOG.debug("Dropped an event: %s", type(error).__name__)


def _identify(traits: Any = None, context: Any = None) -> None:
    """Reports traits."""
    try:
        if not _is_about_telemetry():
            identify(_without_id(traits or {}))
    except Exception as error:
        LOG.debug("Dropped traits: %s", type(error).__name__)


def is_telemetry_enabled() -> bool:
    """Whether events go anywhere. Tells nobody anything under `rasa telemetry`, which shows the answer."""
    return _ask_status() if _is_about_telemetry() else enabled()


def initialize_telemetry() -> bool:
    """Lets the user be told, before the first event of any command. Returns what Rasa's own does."""
    return is_telemetry_enabled()


def toggle_telemetry_reporting(is_enabled: bool) -> None:
    """Stores a choice. Throws `ChoiceNotStored`, before Rasa says that it is."""
    set_enabled(bool(is_enabled))


def get_telemetry_id() -> str:
    """The machine id. Nothing that it is put into leaves."""
    return telemetry_id() or _NO_ID


def initialize_error_reporting(*_: Any, **__: Any) -> None:
    """Reports errors as events, and to no other service."""
    if not _is_about_telemetry():
        install_hooks()


def track_validation_error_log(_: Any, method_name: Any, event_dict: Any) -> Any:
    """A processor of structlog. Nothing of the line is passed on but its level and its name."""
    if method_name == "error" and isinstance(event_dict, Mapping):
        _track("Validation Error Logged", {"log_level": method_name, "log_id": event_dict.get("event")})
    return event_dict


def send_segment_request(url: Any, payload: Any, write_key: Any = None) -> None:
    """What Rasa's builder sends by itself, with a key of its own: of that, what is in the catalogue."""
    if not isinstance(payload, Mapping):
        return
    event = payload.get("event")
    if isinstance(event, str) and event in _facts.EVENTS:
        _track(event, payload.get("properties"))
    elif event is None and "traits" in payload:
        _identify(payload["traits"])


def _nothing(*_: Any, **__: Any) -> None:
    """For what must not happen: the notice of another program, an event after a no, a request of another sender."""


# In this order: first what sends.
REPLACEMENTS: Dict[str, Callable[..., Any]] = {
    "_track": _track,
    "_identify": _identify,
    "_send_event": _nothing,
    "_send_traits": _nothing,
    "_send_request": _nothing,
    "send_segment_request": send_segment_request,
    "initialize_error_reporting": initialize_error_reporting,
    "track_telemetry_disabled": _nothing,
    "track_validation_error_log": track_validation_error_log,
    "print_telemetry_reporting_info": _nothing,
    "is_telemetry_enabled": is_telemetry_enabled,
    "initialize_telemetry": initialize_telemetry,
    "toggle_telemetry_reporting": toggle_telemetry_reporting,
    "get_telemetry_id": get_telemetry_id,
}

# What every release has, each with the names of the parameters that it is called with.
REQUIRED: Mapping[str, Tuple[str, ...]] = {
    "_track": ("event_name", "properties"),
    "is_telemetry_enabled": (),
    "initialize_telemetry": (),
    "toggle_telemetry_reporting": ("is_enabled",),
    "get_telemetry_id": (),
}


def _is_about_telemetry() -> bool:
    """Whether this process is `rasa telemetry ...`: who is about to decide isn't asked, and nothing is reported."""
    program, *arguments = getattr(sys, "argv", None) or [""]
    if os.path.splitext(os.path.basename(str(program)))[0] not in _PROGRAMS:
        return False
    return next((word for word in arguments if not str(word).startswith("-")), None) == "telemetry"


def _ask_status() -> bool:
    try:
        return run_status(find_binary())
    except (Unusable, OSError) as error:
        LOG.debug("Telemetry can't be asked: %s", error if isinstance(error, Unusable) else type(error).__name__)
        return False


def _without_id(content: Any) -> Any:
    if not isinstance(content, Mapping) or _TELEMETRY_ID not in content:
        return content
    return {name: value for name, value in content.items() if name != _TELEMETRY_ID}
