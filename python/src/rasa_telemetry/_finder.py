"""Which binary is started: never one that whoever made a project has put there."""

from __future__ import annotations

import os
import sys

from . import _build
from ._log import Unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Optional, Tuple

_NAME = "rasa-telemetry.exe" if sys.platform == "win32" else "rasa-telemetry"
_SCRIPTS = ("../Scripts", "../../../Scripts") if sys.platform == "win32" else ("../bin", "../../../../bin")
_HERE = os.path.dirname(os.path.abspath(__file__))

_ELF = b"\x7fELF"
# How files begin that systems start: ELF, Mach-O of one or several machines, Windows', and scripts.
_MAGICS = (_ELF, b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"MZ", b"#!")
# What ELF files call the machines that there are binaries for.
_MACHINES = {"x86_64": 62, "amd64": 62, "aarch64": 183, "arm64": 183}
# What was found last, and for which variables.
_last: Optional[Tuple[Tuple[Optional[str], Optional[str]], str]] = None


def find_binary() -> str:
    """The binary's absolute path. Throws `Unusable`."""
    global _last
    asked = (os.environ.get("RASA_TELEMETRY_BINARY"), os.environ.get("PATH"))
    if _last is not None and _last[0] == asked:
        return _last[1]
    found = _search(*asked)
    _last = (asked, found)
    return found


def is_off_by_default(binary: str) -> bool:
    """Whether it is known of this binary that it is off until somebody enables it: of the one in the same wheel."""
    return _build.OFF_BY_DEFAULT and binary == os.path.join(_HERE, _NAME)


def _search(named: Optional[str], path: Optional[str]) -> str:
    if named:
        # A relative path would be another file in each working folder.
        if not os.path.isabs(named):
            raise Unusable("RASA_TELEMETRY_BINARY is not an absolute path")
        why = _why_not(named)
        if why is None:
            return named
        raise Unusable("RASA_TELEMETRY_BINARY %s" % why)
    problem = None
    for candidate in _candidates(path or ""):
        # The command that a wheel installs starts the binary, and would be started by us in its place.
        if not os.path.isfile(candidate) or _is_script(candidate):
            continue
        why = _why_not(candidate)
        if why is None:
            return candidate
        problem = problem or why
    raise Unusable("there is no rasa-telemetry binary" + (": one %s" % problem if problem else ""))


def _candidates(path: str) -> Iterator[str]:
    yield os.path.join(_HERE, _NAME)
    # As seen from here: of a folder that pip installed into, and of an environment around `site-packages`.
    for way in _SCRIPTS:
        yield os.path.normpath(os.path.join(_HERE, way, _NAME))
    # Without relative entries, and without the search of the working folder that Windows adds: whoever made a project
    # must not choose which program runs in it.
    for folder in path.split(os.pathsep):
        if os.path.isabs(folder):
            yield os.path.join(folder, _NAME)


def _why_not(candidate: str) -> Optional[str]:
    """Why a file can't be started, in a phrase about it; None where it can."""
    if not os.path.isfile(candidate):
        return "is not a file"
    if not os.access(candidate, os.X_OK):
        return "may not be executed: its mode or its file system doesn't allow it"
    head = _head(candidate)
    # Looked at here, because a shell takes what the system refuses for a script of its own.
    if not head.startswith(_MAGICS):
        return "is not a program"
    if sys.platform != "win32" and head.startswith(_ELF):
        machine = _MACHINES.get(os.uname().machine)
        if machine is not None and int.from_bytes(head[18:20], sys.byteorder) != machine:
            return "is made for another machine"
    return None


def _is_script(candidate: str) -> bool:
    return _head(candidate).startswith(b"#!")


def _head(candidate: str) -> bytes:
    try:
        with open(candidate, "rb") as file:
            return file.read(20)
    except OSError:
        return b""
