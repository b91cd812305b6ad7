"""Attaches to a Rasa that reaches the network by one more function, as a later release may, for try_workers.py."""

from __future__ import annotations

import logging
import sys

import rasa.telemetry as telemetry

import rasa_telemetry

logging.getLogger("rasa_telemetry").addHandler(logging.StreamHandler(sys.stdout))
exec("def track_page(): requests.post('https://api.segment.io/v1/page')", vars(telemetry))
before = dict(vars(telemetry))
print(rasa_telemetry.attach(telemetry), rasa_telemetry.attach(telemetry), before == vars(telemetry))
rasa_telemetry.track("Shell Started", {"type": "rasa"})
print(rasa_telemetry.enabled())
rasa_telemetry.close(30)
