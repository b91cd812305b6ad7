"""One application for each kind of server. A request's query is the number of the event that it reports."""

from __future__ import annotations

import os
from typing import Any, Callable, Iterable

import rasa_telemetry

if "REPORT_AT_IMPORT" in os.environ:
    # In the master of a server that loads its application before it forks.
    rasa_telemetry.track("Markers Extracted", {"trackers_count": 1_000})


def report(number: bytes) -> None:
    rasa_telemetry.track("Markers Extracted", {"trackers_count": int(number)})


def wsgi(environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
    report(environ["QUERY_STRING"].encode())
    start_response("200 OK", [("Content-Length", "2"), ("Connection", "close")])
    return [b"ok"]


application = wsgi


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        report(scope["query_string"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})
