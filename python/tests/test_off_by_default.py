"""A build that is off until somebody enables it: where nobody said anything, nothing is started to find that out."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, Optional

from host_program import INIT, OFF_LINE, PROBE, STREAM, SWITCHED_OFF, HostTest

# The stand-in is the binary of the same wheel, and that wheel says that it is off.
OFF_BY_DEFAULT = """
_finder._build.OFF_BY_DEFAULT = True
_finder._HERE = os.path.dirname(os.environ["RASA_TELEMETRY_BINARY"])
"""
TRACK = "log_to_stdout(); track('A'); print(enabled())"
SECTION = "%s:\n  enabled: %s\n  date: 2026-03-01T12:00:00.000Z\n"


def choice(enabled: str) -> str:
    return SECTION % ("metrics", enabled) + SECTION % ("traits", enabled)


class OffByDefaultTest(HostTest):
    def run_at_home(
        self, program: str, record: Optional[Dict[str, Any]] = None, settings: str = "", **variables: str
    ) -> str:
        home = os.path.join(self.folder, "home")
        os.makedirs(os.path.join(home, "telemetry"), exist_ok=True)
        for name, text in [
            ("telemetry/consent.json", "" if record is None else json.dumps(record)),
            ("global.yml", settings),
        ]:
            with open(os.path.join(home, name), "w") as file:
                file.write(text)
        return self.run_host(program, RASA_TELEMETRY_HOME=home, STANDIN_INIT=SWITCHED_OFF, **variables)

    def test_where_nobody_said_yes_nothing_is_started(self) -> None:
        for record, settings in [
            (None, ""),
            (None, choice("true")),
            ({"asked": None, "local": False, "told": {"notice": 1}, "choice": ""}, choice("true")),
        ]:
            with self.subTest(record=record, settings=settings):
                out = self.run_at_home(OFF_BY_DEFAULT + TRACK, record, settings)
                self.assertEqual(out, OFF_LINE % "it is off" + "False\n")
                self.assertEqual(self.started, [])

    def test_what_somebody_said_is_left_to_the_binary(self) -> None:
        for record, settings in [
            ({"asked": {"notice": 1}, "choice": ""}, choice("true")),
            ({"asked": None, "local": True, "choice": "off x"}, choice("false")),
            # A no that the binary hasn't seen ends what was recorded before it.
            ({"asked": None, "local": False, "choice": "on x"}, choice("false")),
        ]:
            with self.subTest(record=record, settings=settings):
                self.run_at_home(OFF_BY_DEFAULT + TRACK, record, settings)
                self.assertEqual(self.started, [PROBE, INIT])

    def test_the_variable_switches_it_on(self) -> None:
        self.run_at_home(OFF_BY_DEFAULT + TRACK, RASA_TELEMETRY_ENABLED="true")
        self.check_inits(0)
        self.check_streams((STREAM, ["A"]))

    def test_another_binary_is_asked(self) -> None:
        self.run_at_home(OFF_BY_DEFAULT + "_finder._HERE = '/elsewhere'\n" + TRACK)
        self.assertEqual(self.started, [PROBE, INIT])
