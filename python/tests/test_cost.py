"""What this package may cost a host: modules that it loads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unittest

from host_program import SOURCES

# Modules of Python's own that take longer to load than this package, or are needed once in a while alone.
SLOW = ("ctypes", "difflib", "hashlib", "importlib.metadata", "logging", "numbers", "signal", "subprocess", "typing")


class ImportTest(unittest.TestCase):
    def test_to_import_it_loads_nothing_that_takes_long(self) -> None:
        program = "import json, sys; import rasa_telemetry; print(json.dumps([name for name in sys.modules]))"
        said = subprocess.run(
            # Without `site`, which loads what others have put there.
            [sys.executable, "-B", "-S", "-c", program],
            env={**os.environ, "PYTHONPATH": SOURCES},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        loaded = json.loads(said)
        self.assertIn("rasa_telemetry._stream", loaded)
        self.assertEqual([name for name in SLOW if name in loaded], [])

    def test_what_it_says_reaches_a_logger_that_is_loaded_later(self) -> None:
        program = """
import rasa_telemetry, sys
print("logging" in sys.modules)
rasa_telemetry.track("")
import logging
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(name)s %(filename)s %(message)s")
rasa_telemetry.track("")
"""
        said = subprocess.run(
            [sys.executable, "-B", "-S", "-c", program],
            env={**os.environ, "PYTHONPATH": SOURCES},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        line = "rasa_telemetry __init__.py Dropped an event: its name can't be one"
        self.assertEqual(said.decode().splitlines(), ["False", line])
