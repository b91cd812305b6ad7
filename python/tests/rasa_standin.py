"""A small Rasa of the same shape as the real one, written to a folder: its seam, and programs around it.

Its sender appends to a file, through a module that has the name of one that reaches the network.
"""

from __future__ import annotations

import os

FILES = {
    "requests.py": """
import os
def post(url, **options):
    with open(os.environ["SENT"], "a") as file:
        file.write(url + chr(10))
""",
    "rasa/__init__.py": "__version__ = '3.99.0'\n",
    "rasa/telemetry.py": """
import contextlib, functools
import requests

def print_telemetry_reporting_info():
    print("Rasa reports anonymous usage telemetry")

def is_telemetry_enabled():
    return True

def initialize_telemetry():
    print_telemetry_reporting_info()
    return True

def ensure_telemetry_enabled(f):
    @functools.wraps(f)
    def decorated(*args, **kwargs):
        if is_telemetry_enabled():
            return f(*args, **kwargs)
    return decorated

def send_segment_request(url, payload, write_key):
    requests.post(url)

def _send_event(distinct_id, event_name, properties, context):
    send_segment_request("track", {"event": event_name}, "key")

def _send_traits(distinct_id, traits, context):
    send_segment_request("identify", {"traits": traits}, "key")

def _track(event_name, properties=None, context=None):
    _send_event(get_telemetry_id(), event_name, {**(properties or {}), "metrics_id": "1"}, context)

def _identify(traits=None, context=None):
    _send_traits(get_telemetry_id(), traits, context)

def get_telemetry_id():
    return "upstream"

def toggle_telemetry_reporting(is_enabled):
    requests.post("toggle")

@ensure_telemetry_enabled
def initialize_error_reporting(private_mode=True):
    requests.post("sentry")

@ensure_telemetry_enabled
def track_telemetry_disabled():
    _track("Telemetry Disabled")

@ensure_telemetry_enabled
def track_shell_started(model_type):
    _track("Shell Started", {"type": model_type, "metrics_id": "1"})

def track_validation_error_log(_, method_name, event_dict):
    _track("Validation Error Logged", dict(event_dict))
    return event_dict

def identify_endpoint_config_traits(endpoints_file):
    _identify({"tracing_backend": "jaeger"})

@contextlib.contextmanager
def track_model_training(training_data, model_type):
    if not initialize_telemetry():
        yield
        return
    _track("Training Started", {"type": model_type})
    yield
    _track("Training Completed", {"type": model_type})
""",
    "rasa/validator.py": "from rasa.telemetry import track_shell_started, is_telemetry_enabled, _track\n",
    "rasa/shared/__init__.py": "",
    "rasa/shared/exceptions.py": "class RasaException(Exception): pass\nclass GraphComponentException(RasaException): pass\n",
    "rasa/engine.py": """
from rasa.shared.exceptions import GraphComponentException
def fail():
    raise ValueError("secret")
def fail_in_component():
    try:
        fail()
    except ValueError as error:
        raise GraphComponentException("component") from error
def interrupt():
    raise KeyboardInterrupt()
""",
    "rasa/__main__.py": """
import multiprocessing, os, sys
import rasa.telemetry
from rasa import engine

def work(number):
    rasa.telemetry.track_shell_started("worker %d" % number)

def main():
    command = sys.argv[1]
    rasa.telemetry.initialize_telemetry()
    rasa.telemetry.initialize_error_reporting()
    rasa.telemetry.identify_endpoint_config_traits(None)
    try:
        if command == "telemetry":
            print("now", rasa.telemetry.is_telemetry_enabled())
            if len(sys.argv) > 2:
                rasa.telemetry.track_telemetry_disabled()
                rasa.telemetry.toggle_telemetry_reporting(is_enabled=sys.argv[2] == "enable")
                print("Done")
        elif command == "train":
            with rasa.telemetry.track_model_training(None, "nlu"):
                engine.fail_in_component()
        elif command == "test":
            engine.fail()
        elif command == "run":
            context = multiprocessing.get_context(sys.argv[2])
            process = context.Process(target=work, args=(1,))
            process.start()
            process.join()
            work(0)
    except Exception as error:
        print(type(error).__name__)
        sys.exit(1)
""",
}


def write_rasa(folder: str) -> str:
    """Writes it, and gives the folder to import it from."""
    for name, text in FILES.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
    return folder
