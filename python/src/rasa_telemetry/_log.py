"""What the package says, and nothing else: lines on the logger "rasa_telemetry" that never quote a value."""

from __future__ import annotations

import logging

LOG = logging.getLogger("rasa_telemetry")


class Dropped(Exception):
    """Why an event goes nowhere."""


class Unusable(Dropped):
    """Why no event of this process can go anywhere."""
