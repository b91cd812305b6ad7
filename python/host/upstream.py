"""`rasa` with its own telemetry as a customer has it, but for its address: 3.6.21 sends where a licence has a hash."""

from __future__ import annotations

import os
import sys

import pluggy
import rasa.__main__
import rasa.plugin
import rasa.telemetry as telemetry


class Licensed:
    """What Rasa's plugin for customers says."""

    @pluggy.HookimplMarker("rasa")
    def get_license_hash(self) -> str:
        return "none"


telemetry.SEGMENT_ENDPOINT = os.environ["UPSTREAM_ENDPOINT"]
rasa.plugin.plugin_manager().register(Licensed())

if __name__ == "__main__":
    sys.exit(rasa.__main__.main())
