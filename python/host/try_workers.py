"""What is tried of processes in both releases.

Workers of each kind that Python has report, and after a no nothing leaves them. A release with another seam is left
alone.
"""

from __future__ import annotations

import json
import os
from typing import Dict, Tuple

from trial import HERE, Trial

YES = "a yes"
# Spawned, from a server of forks, and forked.
KINDS = 3


def try_workers(trial: Trial) -> None:
    leave_alone(trial)
    ask_alone(trial)
    all_cases = cases(trial)
    ended = trial.run(os.path.join(HERE, "workers.py"), json.dumps(all_cases))
    trial.check("workers of each kind end well", ended.returncode == 0, ended.stderr[-1_500:])
    for name, (_, variables) in all_cases.items():
        found = trial.lines(variables["HOST_RECORD"])
        if name == YES:
            # Compared with the rest of what Rasa gave.
            trial.others += found
            trial.check("one report from each kind of worker", len(found) == KINDS, found)
        else:
            trial.check("after %s no worker reports or asks anybody" % name, found == [], found)


def leave_alone(trial: Trial) -> None:
    """A release whose seam is another isn't attached, and is named once."""
    ended = trial.run(os.path.join(HERE, "other_seam.py"), RASA_TELEMETRY_ENABLED="true")
    said = ended.stdout.splitlines()
    is_left = said[1:] == ["False False True", "False"] and "it reaches the network by track_page." in said[0]
    trial.check("a Rasa with another seam is left as it is, and named once", is_left, (said, ended.stderr[-1_500:]))


def ask_alone(trial: Trial) -> None:
    """What shows that the recorder would see it: Rasa's own sender, without us and in spite of DO_NOT_TRACK."""
    record = os.path.join(trial.folder, "record without us")
    # Without a licence's hash in the context 3.6.21 sends nothing.
    program = "import rasa.telemetry as t; t._send_event('id', 'Shell Started', {}, {'license_hash': 'none'})"
    trial.run("-c", program, HOST_RECORD=record, DO_NOT_TRACK="1", RASA_TELEMETRY_WRITE_KEY="key")
    trial.check(
        "the recorder sees a request of Rasa's own", "api.segment.io" in trial.asked(record), trial.lines(record)
    )


def cases(trial: Trial) -> Dict[str, Tuple[str, Dict[str, str]]]:
    """A yes and the ways to say no, each with the folder to work in and with variables."""
    policy = make_file(trial, "policy/.rasa-telemetry.yml", "enabled: false\n")
    choice = make_file(trial, "no/.config/rasa/global.yml", "metrics:\n  enabled: false\n")
    home = os.path.dirname(os.path.dirname(os.path.dirname(choice)))
    yes = {"RASA_TELEMETRY_ENABLED": "true"}
    found = {
        YES: (trial.project, yes),
        "DO_NOT_TRACK": (trial.project, {**yes, "DO_NOT_TRACK": "1"}),
        "a policy": (os.path.dirname(policy), yes),
        "a stored no": (trial.project, {"HOME": home}),
    }
    return {
        name: (folder, {"HOST_RECORD": os.path.join(trial.folder, "record of " + name), **variables})
        for name, (folder, variables) in found.items()
    }


def make_file(trial: Trial, name: str, text: str) -> str:
    path = os.path.join(trial.folder, name)
    os.makedirs(os.path.dirname(path))
    with open(path, "w") as file:
        file.write(text)
    return path
