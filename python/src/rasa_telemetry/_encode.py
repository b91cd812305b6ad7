"""From what the host passes to one line of ASCII that the binary reads. Pure, but for the moment and the versions."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from json.encoder import encode_basestring_ascii as _quote

from ._log import Dropped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

# The most that the server takes of one event.
MAX_LINE_BYTES = 32 * 1024
_MAX_DEPTH = 32


def encode(event: Optional[str], key: str, content: Any, context: Any) -> bytes:
    """One line, without the keys whose values JSON can't carry. Throws `Dropped`."""
    room = [MAX_LINE_BYTES]
    if type(content) is not dict and not isinstance(content, Mapping) or not _may_be_context(context):
        raise Dropped("its %s or its context is not a mapping" % key)
    line = '{%s"%s": %s, "context": %s, "timestamp": "%s"}\n' % (
        '"event": %s, ' % _quote(event) if event is not None else "",
        key,
        _object(content, room, ()),
        _own_context() if context is None else _object({**_versions(), **context}, room, ()),
        _moment(time.time_ns() // 1_000_000),
    )
    if len(line) > MAX_LINE_BYTES:
        raise _too_large()
    return line.encode("ascii")


def _may_be_context(value: Any) -> bool:
    return value is None or isinstance(value, Mapping)


def _too_large() -> Dropped:
    return Dropped("more than %d bytes" % MAX_LINE_BYTES)


def _moment(milliseconds: int) -> str:
    """ISO 8601 in UTC."""
    global _minute
    minute, rest = divmod(milliseconds, 60_000)
    known, text = _minute
    if minute != known:
        text = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(minute * 60))
        _minute = (minute, text)
    return "%s:%02d.%03dZ" % (text, rest // 1000, rest % 1000)


# The minute of the last event, since 1970 and as text.
_minute = (-1, "")


def _object(value: Mapping[Any, Any], room: List[int], above: Tuple[int, ...]) -> str:
    """What JSON can carry of a mapping. ValueError or TypeError where that is nothing.

    `room` counts down, so that something huge is dropped before it costs time. `above` are the ids of what holds it.
    """
    items = list(value.items())
    above = _enter(value, len(items), room, above)
    carried = []
    for name, item in items:
        if type(name) is not str:
            if not isinstance(name, str):
                continue
            name = _plain(name)
        # Nearly all values are one of these two. The others take another call.
        if item is None:
            text = "null"
        elif type(item) is str and len(item) <= room[0]:
            room[0] -= len(item)
            text = _quote(item)
        else:
            try:
                text = _value(item, room, above)
            except (ValueError, TypeError):
                continue
        carried.append(_quote(name) + ": " + text)
    return "{" + ", ".join(carried) + "}"


def _value(value: Any, room: List[int], above: Tuple[int, ...]) -> str:
    """Any value. ValueError or TypeError where JSON can't carry it."""
    kind = type(value)
    if kind is bool:
        return "true" if value else "false"
    # More digits than Python writes are a ValueError.
    if kind is int or (kind is float and value - value == 0):
        return repr(value)
    if value is None:
        return "null"
    if isinstance(value, str):
        text = _plain(value)
        _take(len(text), room)
        return _quote(text)
    if isinstance(value, (list, tuple)):
        above = _enter(value, len(value), room, above)
        return "[" + ", ".join([_value(item, room, above) for item in value]) + "]"
    return _object(value, room, above) if isinstance(value, Mapping) else _number(value)


def _enter(value: Any, length: int, room: List[int], above: Tuple[int, ...]) -> Tuple[int, ...]:
    """Into something that holds others: the ids of what holds those."""
    if id(value) in above or len(above) > _MAX_DEPTH:
        raise ValueError("circular, or too deep")
    _take(length, room)
    return above + (id(value),)


def _take(length: int, room: List[int]) -> None:
    room[0] -= length
    if room[0] < 0:
        raise _too_large()


def _number(value: Any) -> str:
    """A number of another type. ValueError or TypeError where it is none, or JSON has none like it."""
    # Whatever counts as a number was made with this module, or is one of Python's own.
    import numbers

    # numpy's numbers are registered as such or derive from Python's own; its bool is neither, and still has `item`.
    if not isinstance(value, numbers.Number) and not type(value).__name__.startswith("bool"):
        raise TypeError("JSON has no such type")
    item = getattr(value, "item", None)
    plain = item() if callable(item) else value
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, numbers.Integral):
        return repr(int(plain))
    if not isinstance(plain, numbers.Real):
        raise TypeError("JSON has no such type")
    plain = float(plain)
    if plain - plain != 0:
        raise ValueError("JSON has neither NaN nor infinite numbers")
    return repr(plain)


def _plain(text: str) -> str:
    """The text of a subclass, whatever that has made of the methods of its own."""
    return text if type(text) is str else str.__str__(text)


def _own_context() -> str:
    """The context of an event whose caller gives none, as JSON."""
    global _context
    if not _context:
        _context = _object(_versions(), [MAX_LINE_BYTES], ())
    return _context


_context = ""


def _versions() -> Dict[str, str]:
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
