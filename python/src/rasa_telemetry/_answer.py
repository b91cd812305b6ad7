"""What is known about consent without starting a process: from variables, a stored no, and the binary's last answer.

Each of these gives an answer only where it is certain. Otherwise the binary is asked.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import sys

from . import _facts
from ._finder import is_off_by_default
from ._home import find_home
from ._licence import may_lock
from ._place import Place, hash_of, read_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional

_YES = ("true", "1", "yes", "on")
_MAX_BYTES = 64 * 1024
_DATE = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?Z?"
_SECTION = r"  enabled: (true|false)\n(?:  rasa_user_id: (?:[0-9a-f]{32}|'[0-9a-f]{32}')\n)?  date: %s\n" % _DATE
# A `global.yml` as the binary and Rasa write it (lib/consent/global_yml/plain.ts).
_PLAIN = r"metrics:\n%straits:\n%s" % (_SECTION, _SECTION)


def is_yes(value: Optional[str]) -> bool:
    """Whether a variable's value means yes."""
    return value is not None and value.lower() in _YES


def answer_of(binary: str, asks: bool) -> Optional[bool]:
    """Whether telemetry is on, where that is known and nobody must be told. None: the binary must be asked.

    `asks`: standard input and standard error are terminals with somebody behind them.
    """
    if may_lock():
        return None
    variable = os.environ.get("RASA_TELEMETRY_ENABLED")
    if (variable is not None and not is_yes(variable)) or os.environ.get("DO_NOT_TRACK", "") not in ("", "0"):
        return False
    home = find_home()
    if home is None or _has_policy():
        return None
    record = _read_record(home)
    said_no = str(record.get("choice", "")).startswith("off ")
    if _stored_choice(home) is False and (said_no or not record) and record.get("local") is not True:
        # The binary has seen this no too, or there is nothing that it must do because of it.
        return False
    if is_yes(variable) and not said_no:
        return True
    if variable is None and is_off_by_default(binary) and _says_nothing(record) and _stored_choice(home) is not False:
        return False
    return _last_answer(binary, home, asks)


def _says_nothing(record: Dict[str, Any]) -> bool:
    """Whether nobody said yes, to being reported or to local mode."""
    return record.get("asked") is None and record.get("local") is not True


def _last_answer(binary: str, home: str, asks: bool) -> Optional[bool]:
    answer = _read_json(os.path.join(home, _facts.ANSWER_FILE))
    folder = os.path.join(home, _facts.TELEMETRY_FOLDER)
    place = read_place(folder)
    files = answer.get("files")
    is_fresh = (
        answer.get("format") == 1
        and answer.get("enabled") is True
        and answer.get("program") == identity_of(binary)
        and place.key is not None
        and answer.get("place") == place.key
        and isinstance(files, dict)
        and all(identity_of(os.path.join(home, name), os.lstat) == files.get(name) for name in _facts.DECIDING_FILES)
        and os.access(folder, os.W_OK | os.X_OK)
    )
    if not is_fresh:
        return None
    if answer.get("tells") is not True or not can_read_stderr():
        return True
    told = told_file(home, answer, place, asks and not (place.in_container and place.own))
    return True if told is not None and os.path.lexists(told) else None


def told_file(home: str, answer: Dict[str, Any], place: Place, terminal: bool) -> Optional[str]:
    """The file that says that this notice was shown at this place (lib/consent/told.ts)."""
    text = "notice %s\naddressee %s\nplace %s\n" % (answer.get("notice"), answer.get("addressee"), place.key)
    digest = hash_of(text.encode("utf-8", "replace"))[:32]
    return os.path.join(home, "%s-%s%s" % (_facts.TOLD_FILE, digest, "-terminal" if terminal else ""))


def identity_of(path: str, look: Callable[[str], os.stat_result] = os.stat) -> Any:
    """What changes whenever a file does, as the binary writes it: milliseconds, bytes, number. None where none is."""
    try:
        found = look(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return "unknown"
    return [found.st_mtime_ns // 10**6, found.st_size, int(float(found.st_ino))]


def can_read_stderr() -> bool:
    """Whether somebody can read standard error: it isn't closed, and no device that keeps nothing (`canReadStderr`)."""
    try:
        found = os.fstat(2)
        return sys.platform == "win32" or os.isatty(2) or not stat.S_ISCHR(found.st_mode)
    except OSError:
        return False


def can_ask() -> bool:
    """Whether there is somebody to ask (lib/consent/should_ask.ts), as far as streams and variables tell."""
    try:
        is_terminal = os.isatty(0) and os.isatty(2)
    except OSError:
        return False
    return is_terminal and not any(name in os.environ for name in _facts.UNATTENDED_VARIABLES)


def may_read_terminal() -> bool:
    """Whether `init` may ask. The system stops a background job that reads its terminal, and this process with it."""
    if sys.platform == "win32":
        return True
    try:
        return not os.isatty(0) or os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return True  # A terminal, but not the one that controls this process.


def machine_id() -> Optional[str]:
    """The id under which reports leave; None while there is none."""
    fleet = _parse_id(os.environ.get("RASA_TELEMETRY_MACHINE_ID"))
    home = find_home()
    if fleet is not None or home is None:
        return fleet
    record = _read_record(home)
    here = read_place(os.path.join(home, _facts.TELEMETRY_FOLDER))
    return _parse_id(record.get("machineId")) if _is_same(record.get("place"), here) else None


def _is_same(written: Any, here: Place) -> bool:
    """Whether what was written at a place counts here (`isSamePlace`)."""
    if not isinstance(written, dict):
        return False
    if written.get("kind") == "machine":
        hashes = (written.get("hash"), here.hash)
        return not here.in_container and (None in hashes or hashes[0] == hashes[1])
    own = written.get("own")
    if written.get("kind") != "container" or not here.in_container or here.own is None:
        return False
    return (
        (written.get("hash") is not None and written.get("hash") == here.hash) if own else own is False and not here.own
    )


def _parse_id(text: Any) -> Optional[str]:
    compact = text.strip().lower() if isinstance(text, str) else ""
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", compact):
        compact = compact.replace("-", "")
    return compact if re.fullmatch(r"[0-9a-f]{32}", compact) else None


def _has_policy() -> bool:
    """Whether a policy may say no: wherever the binary would look for one, and in every folder above."""
    machine = _facts.MACHINE_POLICY
    if sys.platform == "win32":
        machine = os.path.join(os.environ.get("ProgramData") or "C:\\ProgramData", "rasa", "telemetry.yml")
    if _may_be_there(machine):
        return True
    try:
        folder = os.getcwd()
    except OSError:
        return False  # It was deleted: then the binary looks for none either.
    while True:
        if _may_be_there(os.path.join(folder, _facts.PROJECT_POLICY)):
            return True
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above


def _may_be_there(path: str) -> bool:
    try:
        os.lstat(path)
    except OSError as error:
        return error.errno not in (errno.ENOENT, errno.ENOTDIR)
    return True


def _stored_choice(home: str) -> Optional[bool]:
    """What `global.yml` says about events, where it has nothing but a choice. None: it can't be told here."""
    match = re.fullmatch(_PLAIN, _read(os.path.join(home, _facts.CONFIG_FILE)))
    return match.group(1) == "true" if match else None


def _read_record(home: str) -> Dict[str, Any]:
    return _read_json(os.path.join(home, _facts.RECORD_FILE))


def _read_json(path: str) -> Dict[str, Any]:
    """A JSON object, empty where the file holds none."""
    try:
        value = json.loads(_read(path))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _read(path: str) -> str:
    """A text of a reasonable size; empty where there is none. Follows no link, and never waits for a pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        number = os.open(path, flags)
    except OSError:
        return ""
    try:
        found = os.fstat(number)
        # What another user has put there says nothing.
        is_own = sys.platform == "win32" or found.st_uid in (0, os.geteuid())
        if not stat.S_ISREG(found.st_mode) or not is_own:
            return ""
        content = os.read(number, _MAX_BYTES + 1)
        return content.decode("utf-8") if len(content) <= _MAX_BYTES else ""
    except (OSError, UnicodeDecodeError):
        return ""
    finally:
        os.close(number)
