"""Puts the binary beside the package inside what PyInstaller makes. PyInstaller runs this, and reads `datas`."""

from __future__ import annotations

import os

_package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_binaries = [os.path.join(_package, name) for name in ("rasa-telemetry", "rasa-telemetry.exe")]

# Each file with the folder that it goes to. The wheel for any system has no binary.
datas = [(path, "rasa_telemetry") for path in _binaries if os.path.exists(path)]
