"""Where a module reaches the network, as far as its code tells: it is read, and nothing of it is run."""

from __future__ import annotations

import dis
import inspect
from types import CodeType, ModuleType
from typing import Any, Collection, Dict, Iterator, List, Set, Tuple

# What sends, or starts what could.
_SENDERS = frozenset(
    ("aiohttp", "analytics", "asyncio.streams", "ftplib", "grpc", "http", "httpx", "mixpanel", "posthog", "requests")
    + ("segment", "sentry_sdk", "smtplib", "socket", "ssl", "subprocess", "telnetlib", "urllib", "urllib3")
    + ("websocket", "websockets", "xmlrpc")
)
_HARMLESS = ("urllib.parse", "http.HTTPStatus")


def find_ways(module: ModuleType, closed: Collection[str]) -> List[str]:
    """The functions of a module that reach the network, though not through those that are `closed`."""
    used: Dict[str, Tuple[Set[str], Set[str]]] = {}
    for name, value in list(vars(module).items()):
        if getattr(value, "__module__", None) == module.__name__:
            used[name] = (set(), set())
            for code in _codes_of(value):
                _collect_names(code, *used[name])
    reaching = {
        name
        for name, (names, imports) in used.items()
        if any(map(_is_sender, imports)) or any(_is_sender(_origin(module, found)) for found in names)
    }
    while True:
        open_ways = reaching.difference(closed)
        more = {name for name, (names, _) in used.items() if not names.isdisjoint(open_ways)} - reaching
        if not more:
            return sorted(open_ways)
        reaching |= more


def _codes_of(value: Any) -> Iterator[CodeType]:
    """The code of a function as it was written, below its decorators, or of a class's functions."""
    if inspect.isclass(value):
        for member in vars(value).values():
            yield from _codes_of(getattr(member, "__func__", getattr(member, "fget", member)))
        return
    while value is not None:
        code = getattr(value, "__code__", None)
        if isinstance(code, CodeType):
            yield code
        value = getattr(value, "__wrapped__", None)


def _collect_names(code: CodeType, names: Set[str], imports: Set[str]) -> None:
    for instruction in dis.get_instructions(code):
        if instruction.opname == "IMPORT_NAME":
            imports.add(str(instruction.argval))
        elif instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            names.add(str(instruction.argval))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _collect_names(constant, names, imports)


def _origin(module: ModuleType, name: str) -> str:
    """The module that a global name's value is, or comes from; empty where that can't be told."""
    value = vars(module).get(name)
    if isinstance(value, ModuleType):
        return value.__name__
    origin = getattr(value, "__module__", None)
    return origin if isinstance(origin, str) else ""


def _is_sender(origin: str) -> bool:
    return origin.partition(".")[0] in _SENDERS and origin not in _HARMLESS
