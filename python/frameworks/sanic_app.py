"""The same for sanic, which wants an application of its own kind."""

from __future__ import annotations

import app
from sanic import Request, Sanic, text
from sanic.response import HTTPResponse

server = Sanic("telemetry")


@server.get("/")
async def handle(request: Request) -> HTTPResponse:
    app.report(request.query_string.encode())
    return text("ok")
