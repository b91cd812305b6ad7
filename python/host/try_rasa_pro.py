"""Tries the package in an unmodified Rasa Pro 3.21.0, whose commands need a licence: its telemetry runs without one.

    try_rasa_pro.py PORT     the endpoint of the installed package's binary is http://127.0.0.1:PORT

The last line says how many checks have passed and failed.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile

from trial import HERE, Trial
from try_hooks import check_errors, try_hooks
from try_workers import try_workers

# What Rasa gives and must not leave.
NEVER = ("Telemetry Disabled", "copilot_user_message_sent")


def main() -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        trial = Trial(folder, int(sys.argv[1]))
        try:
            # Nothing depends on another's outcome.
            early, late = (lambda: everything(trial, "early")), (lambda: everything(trial, "late"))
            trial.beside(early, late, lambda: try_workers(trial), lambda: try_hooks(trial))
            check_errors(trial)
            given = trial.given()
            named = {str(one.get("event")) for one in given}
            trial.check("nothing comes of what must not leave", not named & set(NEVER), named & set(NEVER))
            trial.compare(given)
            trial.check("attached, Rasa asks nobody else", trial.asked() == [], trial.asked())
        finally:
            trial.close()
    print("%d passed, %d failed" % (trial.passed, trial.failed))
    return 1 if trial.failed else 0


def everything(trial: Trial, when: str) -> None:
    """Every function that reports, with real objects."""
    # The project's endpoints name the key.
    variables = {"RASA_TELEMETRY_ENABLED": "true", "OPENAI_API_KEY": "none"}
    ended = trial.run(os.path.join(HERE, "rasa_pro_calls.py"), when, **variables)
    trial.check("all calls, attached " + when, ended.returncode == 0, (ended.stdout[-500:], ended.stderr[-1_500:]))
    # Before it comes what Rasa Pro logs.
    said = json.loads(ended.stdout.strip().rpartition("\n")[2]) if ended.returncode == 0 else {}
    replaced = list(said.get("replaced", {}).values())
    trial.check("modules that had taken Rasa's own have ours, " + when, replaced == [True] * 3, said)
    trial.check("telemetry is on", said.get("enabled") is True, said)
    trial.check("every track_* is called", said.get("left") == [], said)


if __name__ == "__main__":
    sys.exit(main())
