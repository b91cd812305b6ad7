"""A program that reports an event a second: host.py MODULE_FOLDER SECONDS LOG

Writes how many it reported, to standard output, after each; what the module says goes to the file. After those seconds,
or at the end of its standard input, it ends as any program does.
"""

import logging
import select
import sys
import time

sys.path.insert(0, sys.argv[1])
import rasa_telemetry  # noqa: E402

CLOSE_SECONDS = 5

logging.basicConfig(filename=sys.argv[3], format="%(asctime)s %(message)s")
logging.getLogger("rasa_telemetry").setLevel(logging.DEBUG)
end = time.monotonic() + float(sys.argv[2])
count = 0
slowest = 0.0
while time.monotonic() < end:
    since = time.perf_counter()
    rasa_telemetry.track("Conversation Count", {"conversation_count": count, "year": 2026, "month": 11})
    slowest = max(slowest, time.perf_counter() - since)
    count += 1
    print(count, "%.3f" % (slowest * 1000), flush=True)
    if select.select([sys.stdin], [], [], 1)[0]:
        break
rasa_telemetry.close(CLOSE_SECONDS)
