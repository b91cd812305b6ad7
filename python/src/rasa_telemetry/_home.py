"""Where the binary keeps things, as it finds out itself (lib/home.ts)."""

from __future__ import annotations

import os
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


def find_home() -> Optional[str]:
    """The folder, or None where no variable names one that can be used."""
    user = os.environ.get("USERPROFILE" if sys.platform == "win32" else "HOME")
    user = user if user and _is_usable(user) else None
    chosen = os.environ.get("RASA_TELEMETRY_HOME")
    if not chosen:
        return os.path.join(user, ".config", "rasa") if user is not None else None
    if re.match(r"~[/\\]", chosen):
        if user is None:
            return None
        chosen = os.path.join(user, chosen[2:])
    return os.path.normpath(chosen) if _is_usable(chosen) else None


def _is_usable(folder: str) -> bool:
    try:
        folder.encode("utf-8")
    except UnicodeEncodeError:
        return False  # Not Unicode: the binary can't open it.
    return os.path.isabs(folder)
