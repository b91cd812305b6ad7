"""Calls everything in Rasa Pro's telemetry that runs without a licence, with real objects, for try_rasa_pro.py.

    rasa_pro_calls.py early|late     when it attaches: before Rasa's other modules are loaded, or after

The last line of its standard output is a JSON object: what wasn't called, and whether ours is in all places.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Callable, List

import rasa.telemetry as telemetry

import rasa_telemetry

HERE = Path(__file__).absolute().parent
# The calls, and the project that their objects are made of, are those that the catalogue is held against.
DRIFT = HERE.parent.parent / "scripts" / "drift"
sys.path.insert(0, str(DRIFT))

WHEN = sys.argv[1]
if WHEN == "early":
    rasa_telemetry.attach(telemetry)

import rasa.builder.telemetry.segment_integration.segment_compat as compat  # noqa: E402
import rasa.mantle.hooks.runner as runner  # noqa: E402
import rasa.validator as validator  # noqa: E402

import record_events  # noqa: E402

if WHEN == "late":
    rasa_telemetry.attach(telemetry)
    rasa_telemetry.attach(telemetry)


def note_calls(called: List[str]) -> None:
    """Lets each `track_*` write down its name when it is called."""

    def noting(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **kwargs: Any) -> Any:
            called.append(name)
            return original(*args, **kwargs)

        return noted

    for name in [name for name in vars(telemetry) if name.startswith("track_")]:
        setattr(telemetry, name, noting(name, getattr(telemetry, name)))


def main() -> None:
    telemetry.initialize_telemetry()
    telemetry.initialize_error_reporting()
    called: List[str] = []
    replaced = {
        "is_telemetry_enabled": runner.is_telemetry_enabled is telemetry.is_telemetry_enabled,
        "track_validation_error_log": validator.track_validation_error_log is telemetry.track_validation_error_log,
        "send_segment_request": compat.send_segment_request is telemetry.send_segment_request,
    }
    there = [name for name in vars(telemetry) if name.startswith("track_")]
    note_calls(called)
    project = DRIFT / "project"
    record_events.track_common(project)
    record_events.track_3_21(project)
    telemetry.track_telemetry_disabled()
    compat.send_segment_request("https://api.segment.io/v1/track", {"event": "copilot_user_message_sent"}, "key")
    left = sorted(set(there) - set(called))
    is_enabled = runner.is_telemetry_enabled()
    rasa_telemetry.close(30)
    # What is printed before it is Rasa Pro's own log.
    print("\n" + json.dumps({"left": left, "replaced": replaced, "enabled": is_enabled}), flush=True)


if __name__ == "__main__":
    main()
