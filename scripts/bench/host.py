"""Measures what a Python program pays for reporting events. Run by the benchmark.

    host.py WAY WHERE COUNT PAUSE [beside] [leave]

WAY is `module` (the package in the folder WHERE), `segment` or `posthog` (their clients for Python, to the endpoint
WHERE), `bare` (the calls that an event can't do without: its JSON, a write, and a look at a pipe before and after it),
or `none`. COUNT events are reported, with PAUSE seconds between two. `beside` loads first what Rasa has loaded before it
would load any of them; `leave` ends without asking the client to send what it has. Writes one JSON object: `import`,
`first` and `each`, in milliseconds.
"""

import importlib
import json
import os
import sys
import time

EVENT = "Intentless Policy Predicted"
PROPERTIES = {
    "embeddings_type": "openai",
    "embeddings_model": "text-embedding-ada-002",
    "embeddings_model_group_id": None,
    "llm_type": "openai",
    "llm_model": "gpt-4-0613",
    "llm_model_group_id": None,
    "score": 0.75,
}
# Of the standard library, what `import rasa` has loaded before it comes to telemetry.
RASA_HAS = ("asyncio", "concurrent.futures", "dataclasses", "hashlib", "logging", "platform", "ssl", "subprocess", "uuid")


def main() -> None:
    way, where, count, pause = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    if "beside" in sys.argv[5:]:
        for name in RASA_HAS:
            importlib.import_module(name)
    ways = {"module": module, "segment": segment, "posthog": posthog, "bare": bare, "none": none}
    (report, close), loaded = timed(lambda: ways[way](where))
    taken = []
    for _ in range(count):
        taken.append(timed(report)[1])
        if pause > 0:
            time.sleep(pause)
    print(json.dumps({"import": loaded, "first": taken[0] if taken else 0, "each": taken[1:]}))
    if "leave" not in sys.argv[5:]:
        close()


def timed(work):
    since = time.perf_counter()
    result = work()
    return result, round((time.perf_counter() - since) * 1000, 4)


def none(_where):
    return lambda: None, lambda: None


def bare(_where):
    import subprocess

    signs, _kept = os.pipe()
    os.set_blocking(signs, False)
    reader, writer = os.pipe()
    child = subprocess.Popen(["cat"], stdin=reader, stdout=subprocess.DEVNULL)

    def look():
        try:
            os.read(signs, 1024)
        except BlockingIOError:
            pass

    def report():
        event = {"event": EVENT, "properties": PROPERTIES, "context": {}, "timestamp": "2026-03-01T12:00:00Z"}
        line = json.dumps(event)
        look()
        os.write(writer, line.encode())
        look()

    def close():
        os.close(writer)
        child.wait()

    return report, close


def module(folder):
    sys.path.insert(0, folder)
    import rasa_telemetry

    return lambda: rasa_telemetry.track(EVENT, PROPERTIES), lambda: None


def segment(endpoint):
    import segment.analytics as analytics

    analytics.write_key = "bench"
    analytics.host = endpoint
    # Without `shutdown` it loses at a program's end what its thread hasn't sent yet.
    return lambda: analytics.track("bench", EVENT, PROPERTIES), analytics.shutdown


def posthog(endpoint):
    from posthog import Posthog

    client = Posthog("bench", host=endpoint)
    return lambda: client.capture(EVENT, distinct_id="bench", properties=PROPERTIES), client.shutdown


if __name__ == "__main__":
    main()
