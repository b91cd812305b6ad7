"""Counts the children of a Python program that reports an event, is idle, and reports another. Run by the benchmark.

    idle.py PACKAGE_FOLDER

Writes one JSON object: how many there are after the `first` event, after the `idle` minute, and after the `next` event.
"""

import json
import os
import sys
import time

sys.path.insert(0, sys.argv[1])

import rasa_telemetry

# A child ends when nothing came for a minute.
IDLE_SECONDS = 66
# It is there this long after an event at the latest.
START_SECONDS = 3


def main() -> None:
    report()
    first = children()
    time.sleep(IDLE_SECONDS)
    idle = children()
    report()
    print(json.dumps({"first": first, "idle": idle, "next": children()}))


def report() -> None:
    rasa_telemetry.track("Shell Started", {"type": "rasa"})
    time.sleep(START_SECONDS)


def children() -> int:
    """How many streams there are of the home of this program, which has one of its own."""
    home = ("HOME=" + os.environ["HOME"]).encode()
    count = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % name, "rb") as line, open("/proc/%s/environ" % name, "rb") as variables:
                parts = line.read().split(b"\0")
                if parts[0] == os.environ["RASA_TELEMETRY_BINARY"].encode() and home in variables.read().split(b"\0"):
                    count += 1
        except OSError:
            continue
    return count


main()
