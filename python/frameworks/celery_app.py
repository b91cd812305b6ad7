"""The same for celery's workers, whose broker is a folder."""

from __future__ import annotations

import os

from celery import Celery

FOLDER = os.environ["CELERY_FOLDER"]
server = Celery("telemetry", broker="filesystem://")
server.conf.broker_transport_options = {"data_folder_in": FOLDER, "data_folder_out": FOLDER}


@server.task(name="report")
def report(number: int) -> None:
    import app

    app.report(b"%d" % number)


if __name__ == "__main__":
    for number in range(int(os.environ["EVENTS"])):
        report.delay(number)
