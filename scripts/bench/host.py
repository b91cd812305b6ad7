"""Measures for how long a Python program is held by each event it reports. Run by the benchmark.

    host.py module BINARY_MODULE_FOLDER COUNT    with the module `rasa_telemetry`
    host.py requests URL COUNT                   with one blocking request each, as Rasa's own telemetry does it
    host.py urllib URL COUNT                     with one blocking request each, by Python's own library

Writes one JSON object: `first` and `each`, in microseconds, and `library`.
"""

import json
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
# Between two events the host does something else.
PAUSE_SECONDS = 0.005
# The time-out of Rasa's own telemetry.
TIMEOUT_SECONDS = 5
# The child may take this long to deliver what it has, after the measurement.
CLOSE_SECONDS = 20


def main() -> None:
    way, where, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    library, report = {"module": module, "requests": with_requests, "urllib": with_urllib}[way](where)
    taken = []
    for _ in range(count):
        since = time.perf_counter()
        report()
        taken.append((time.perf_counter() - since) * 1e6)
        time.sleep(PAUSE_SECONDS)
    print(json.dumps({"first": taken[0], "each": taken[1:], "library": library}))
    if way == "module":
        sys.modules["rasa_telemetry"].close(CLOSE_SECONDS)


def module(folder):
    sys.path.insert(0, folder)
    import rasa_telemetry

    return "rasa_telemetry", lambda: rasa_telemetry.track(EVENT, PROPERTIES)


def body() -> dict:
    return {"userId": "bench", "event": EVENT, "properties": PROPERTIES, "context": {"python": "3.11.7"}}


def with_requests(url):
    import requests

    def report():
        try:
            requests.post(url, auth=("bench", ""), json=body(), timeout=TIMEOUT_SECONDS)
        except requests.exceptions.RequestException:
            pass

    return "requests " + requests.__version__, report


def with_urllib(url):
    import urllib.request

    def report():
        request = urllib.request.Request(url, json.dumps(body()).encode(), {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                answer.read()
        except OSError:
            pass

    return "urllib", report


main()
