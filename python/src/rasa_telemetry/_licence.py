"""Whether a licence may keep telemetry on. Nothing is verified: that is the binary's business."""

from __future__ import annotations

import os

from . import _facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


def may_lock() -> bool:
    """Whether the licence in the environment has to be asked about. False only where it can't keep telemetry on."""
    text = _find()
    if text is None:
        return False
    parts = text.strip().split(".")
    if len(parts) != 3:
        return False
    # Few machines have one.
    import binascii

    try:
        payload = binascii.a2b_base64(parts[1].translate(_URL_SAFE) + "=" * (-len(parts[1]) % 4))
    except (ValueError, UnicodeError):
        return False
    # What is written with escapes isn't read here.
    return b"\\" in payload or any(scope.encode("ascii") in payload for scope in _facts.LOCKING_SCOPES)


_URL_SAFE = str.maketrans("-_", "+/")


def _find() -> Optional[str]:
    for name in ("RASA_LICENSE", "RASA_PRO_LICENSE"):
        text = os.environ.get(name)
        if text is not None and text.strip():
            return text
    return None
