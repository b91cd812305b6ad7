"""Imported by every interpreter that a trial starts: writes down what Rasa gives to the seam, and whom it would ask.

To HOST_RECORD, a JSON object a line: `event` or `traits` as they were given, or `asked`, a host that is elsewhere.
Nobody else is reached: the question for their address fails.
"""

import json
import os
import sys

_LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0", "", None)


def _write(line):  # noqa: ANN001, ANN202 -- every interpreter loads it
    record = os.open(os.environ["HOST_RECORD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(record, json.dumps({**line, "process": os.getpid()}, default=_plain).encode() + b"\n")
    os.close(record)


def _plain(value):  # noqa: ANN001, ANN202
    item = getattr(value, "item", None)
    return item() if callable(item) else repr(value)


def _audit(name, details):  # noqa: ANN001, ANN202
    if name in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = details[0].decode() if isinstance(details[0], bytes) else details[0]
    elif name == "socket.connect" and isinstance(details[1], tuple):
        host = details[1][0]
    else:
        return
    if host not in _LOCAL:
        _write({"asked": str(host)})
        raise OSError("nobody else is reached while this is tried")


def _record():  # noqa: ANN202
    try:
        from rasa_telemetry import _seam
    except ImportError:
        return  # A trial of Rasa alone.
    track, identify = _seam._track, _seam._identify

    def _track(event_name, properties=None, context=None):  # noqa: ANN001, ANN202
        _write({"event": event_name, "properties": properties or {}})
        track(event_name, properties, context)

    def _identify(traits=None, context=None):  # noqa: ANN001, ANN202
        _write({"traits": traits or {}})
        identify(traits, context)

    _seam.REPLACEMENTS["_track"] = _seam._track = _track
    _seam.REPLACEMENTS["_identify"] = _seam._identify = _identify


if "HOST_RECORD" in os.environ:
    sys.addaudithook(_audit)
    _record()
