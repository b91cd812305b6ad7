"""What the package says, and nothing else: lines on the logger "rasa_telemetry" that never quote a value."""

from __future__ import annotations

import sys


class Log:
    """The logger, once somebody has loaded `logging`: to load it takes longer than to load this package."""

    def debug(self, message: str, *values: object) -> None:
        # Whoever wants these lines has told `logging` so. Another thread may be loading it now.
        get_logger = getattr(sys.modules.get("logging"), "getLogger", None)
        if get_logger is not None:
            get_logger("rasa_telemetry").debug(message, *values, stacklevel=2)

    def warning(self, message: str, *values: object) -> None:
        import logging

        logging.getLogger("rasa_telemetry").warning(message, *values, stacklevel=2)


LOG = Log()


class Dropped(Exception):
    """Why an event goes nowhere."""


class Unusable(Dropped):
    """Why no event of this process can go anywhere."""
