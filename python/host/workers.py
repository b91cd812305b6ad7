"""Calls one of Rasa's `track_*` functions in workers of each kind that Python has, for try_workers.py.

    workers.py CASES     a JSON object: for each case the folder that its workers work in, and their variables

It runs the lines of docs/adopting.md as if they stood at the end of `rasa/telemetry.py`: whenever it is imported.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sys
from pathlib import Path
from typing import Any, Dict

import rasa.telemetry as telemetry

import rasa_telemetry

ADOPTING = (Path(__file__).absolute().parents[2] / "docs" / "adopting.md").read_text(encoding="utf-8")
(LINES,) = re.findall(r"```python\n(.*?)```", ADOPTING, re.DOTALL)
exec(compile(LINES, "adopting.md", "exec"), vars(telemetry))


def work(folder: str, variables: Dict[str, str]) -> None:
    os.chdir(folder)
    os.environ.update(variables)
    telemetry.initialize_telemetry()
    telemetry.track_data_split(0.8, "nlu")
    rasa_telemetry.close(30)


def main(cases: Dict[str, Any]) -> int:
    # Its children fork from a process that has loaded Rasa.
    multiprocessing.set_forkserver_preload(["__main__"])
    started = [
        multiprocessing.get_context(kind).Process(target=work, args=case)
        for kind in ("spawn", "forkserver", "fork")
        for case in cases.values()
    ]
    for process in started:
        process.start()
    for process in started:
        process.join()
    return sum(process.exitcode != 0 for process in started)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
