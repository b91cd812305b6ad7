"""`python -m rasa_telemetry.rasa train` is `rasa train`, with this package attached.

It attaches whenever it is imported, and it is a plain module: a worker that Rasa spawns imports the program it was
started with once more, but never a package's `__main__.py`.
"""

from __future__ import annotations

import importlib

from rasa_telemetry import _errors, attach

attach(importlib.import_module("rasa.telemetry"))


def main() -> None:
    """Runs Rasa's command. Rasa catches errors and ends on purpose: what was caught last is reported."""
    try:
        importlib.import_module("rasa.__main__").main()
    except SystemExit as end:
        if end.code not in (None, 0):
            _errors.report(end.__context__)
        raise


if __name__ == "__main__":
    main()
