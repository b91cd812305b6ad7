"""From what the host passes to one line of ASCII that the binary reads. Pure, but for the moment and the versions."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping

from ._log import Dropped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

# The most that the server takes of one event.
MAX_LINE_BYTES = 32 * 1024
_MAX_DEPTH = 32
_encoder = json.JSONEncoder(ensure_ascii=True, allow_nan=False)


def encode(head: Dict[str, Any], key: str, content: Any, context: Any) -> bytes:
    """One line, without the keys whose values JSON can't carry. Throws `Dropped`."""
    if not isinstance(content, Mapping) or not (context is None or isinstance(context, Mapping)):
        raise Dropped("its %s or its context is not a mapping" % key)
    room = [MAX_LINE_BYTES]
    line = {
        **head,
        key: _carry(content, room, ()),
        "context": _versions() if context is None else _carry({**_versions(), **context}, room, ()),
        "timestamp": _moment(time.time()),
    }
    data = _encoder.encode(line).encode("ascii") + b"\n"
    if len(data) > MAX_LINE_BYTES:
        raise Dropped("more than %d bytes" % MAX_LINE_BYTES)
    return data


def _moment(seconds: float) -> str:
    """ISO 8601 in UTC, with milliseconds."""
    milliseconds = int(seconds * 1000)
    day = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000))
    return "%s.%03dZ" % (day, milliseconds % 1000)


def _carry(value: Any, room: List[int], above: Tuple[int, ...]) -> Any:
    """The value as JSON can carry it; of a mapping, what can be carried. ValueError or TypeError where nothing can be.

    `room` counts down, so that something huge is dropped before it costs time. `above` are the ids of what holds it.
    """
    kind = type(value)
    room[0] -= len(value) if kind is str else 1
    if room[0] < 0:
        raise Dropped("more than %d bytes" % MAX_LINE_BYTES)
    # Nearly all values are one of these: looking closer takes longer than all the rest.
    if kind is str or kind is bool or value is None or (kind is int and -(2**63) <= value < 2**63):
        return value
    if kind is float and value - value == 0:
        return value
    is_list = kind is list or kind is tuple
    if not is_list and kind is not dict and not isinstance(value, Mapping):
        is_list = isinstance(value, (list, tuple))
        if not is_list:
            return _carry_alone(value)
    if id(value) in above or len(above) >= _MAX_DEPTH:
        raise ValueError("circular, or too deep")
    above += (id(value),)
    if is_list:
        return [_carry(item, room, above) for item in value]
    carried: Dict[str, Any] = {}
    for name, item in list(value.items()):
        if isinstance(name, str):
            try:
                carried[_plain(name)] = _carry(item, room, above)
            except (ValueError, TypeError):
                continue
    return carried


def _carry_alone(value: Any) -> Any:
    """A value that holds no others, as one of JSON's own types. ValueError or TypeError where it is none."""
    if isinstance(value, str):
        return _plain(value)
    # Whatever counts as a number was made with this module, or is one of Python's own.
    import numbers

    # numpy's numbers are registered as such or derive from Python's own; its bool is neither, and still has `item`.
    if not isinstance(value, numbers.Number) and not type(value).__name__.startswith("bool"):
        raise TypeError("JSON has no such type")
    item = getattr(value, "item", None)
    plain = item() if callable(item) else value
    if isinstance(plain, bool):
        return bool(plain)
    if isinstance(plain, numbers.Integral):
        plain = int(plain)
    elif isinstance(plain, numbers.Real):
        plain = float(plain)
    else:
        raise TypeError("JSON has no such type")
    # Refuses NaN, infinite numbers, and those with more digits than Python writes.
    _encoder.encode(plain)
    return plain


def _plain(text: str) -> str:
    """The text of a subclass, whatever that has made of the methods of its own."""
    return text if type(text) is str else str.__str__(text)


def _versions() -> Mapping[str, str]:
    """What the binary can't find out by itself."""
    if not _found:
        # A build between releases has a plus sign behind its number.
        _found["python"] = sys.version.split()[0].rstrip("+")
        rasa = _running_rasa() or _installed_rasa()
        if rasa is not None:
            _found["rasa_pro"] = rasa
    return _found


_found: Dict[str, str] = {}


def _running_rasa() -> Optional[str]:
    running = getattr(sys.modules.get("rasa"), "__version__", None)
    return running if isinstance(running, str) else None


def _installed_rasa() -> Optional[str]:
    """From the names of folders: to load what Python has for it takes longer than to load this package."""
    found: Dict[str, str] = {}
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in names:
            if name.startswith(("rasa-", "rasa_pro-")) and name.endswith(".dist-info"):
                distribution, _, version = name[: -len(".dist-info")].partition("-")
                found.setdefault(distribution, version)
    return found.get("rasa_pro") or found.get("rasa")
