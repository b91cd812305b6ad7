"""What this package may cost a host: modules that it loads, and calls of the system for an event."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unittest

from host_program import SOURCES, STREAM, HostTest

# Modules of Python's own that take longer to load than this package, or are needed once in a while alone.
SLOW = ("ctypes", "difflib", "hashlib", "importlib.metadata", "logging", "numbers", "signal", "subprocess", "typing")


def output_of(program: str) -> str:
    """What a program says that has this package, without `site`, which loads what others have put there."""
    command = [sys.executable, "-B", "-S", "-c", program]
    env = {**os.environ, "PYTHONPATH": SOURCES}
    return subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True).stdout.decode()


class ImportTest(unittest.TestCase):
    def test_to_import_it_loads_nothing_that_takes_long(self) -> None:
        program = "import json, sys; import rasa_telemetry; print(json.dumps([name for name in sys.modules]))"
        loaded = json.loads(output_of(program))
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
        line = "rasa_telemetry __init__.py Dropped an event: its name can't be one"
        self.assertEqual(output_of(program).splitlines(), ["False", line])


# A child that is known to read. From then on each look at it is noted.
LOOKED_AT = """
track("First")
wait_for("line")
track("Second")
wait_for("line", 2)
looks = []
look = _child.Child.look
def note(self):
    looks.append(self)
    look(self)
_child.Child.look = note
"""


class EventTest(HostTest):
    def test_a_look_at_the_child_counts_for_all_events_of_a_moment(self) -> None:
        out = self.run_host(
            LOOKED_AT
            + """
_stream._LOOK_SECONDS = 60
for _ in range(10): track("A")
print(len(looks))
_stream._LOOK_SECONDS = 0
for _ in range(10): track("A")
print(len(looks))
"""
        )
        # Before the write, and after it.
        self.assertEqual(out, "0\n20\n")
        self.check_streams((STREAM, ["First", "Second"] + ["A"] * 20))

    def test_a_host_that_was_stopped_at_the_pipe_looks_again_and_takes_its_line_back(self) -> None:
        self.run_host(
            LOOKED_AT
            + """
clock = [100.0]
_stream.time = type("Clock", (), {"monotonic": lambda: clock[0], "sleep": time.sleep})
stream().looked_at = clock[0]
first = stream().child
stop(first)
write = _pipe._write
def write_late(number, data):
    _pipe._write = write
    clock[0] += 1
    first.is_ending = True  # It said so meanwhile.
    return write(number, data)
_pipe._write = write_late
track("Late")
track("Next")
os.kill(first.pid, signal.SIGCONT)
"""
        )
        self.check_streams((STREAM, ["First", "Second"]), (["stream", "--idle", "120"], ["Late", "Next"]))

    def test_variables_are_found_in_whatever_a_host_puts_in_their_place(self) -> None:
        out = self.run_host("""
track("A")
wait_for("line")
os.environ = dict(os.environ)
track("B")
wait_for("line", 2)
os.environ["DO_NOT_TRACK"] = "1"
track("C")
print(enabled())
""")
        self.assertEqual(out, "False\n")
        self.assertEqual([line["line"]["event"] for line in self.recorded("line")], ["A", "B"])
