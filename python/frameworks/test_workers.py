"""Tests as somebody else's suite has them: each reports."""

from __future__ import annotations

import os

import app
import pytest


@pytest.mark.parametrize("number", range(int(os.environ.get("EVENTS", "0"))))
def test_that_reports(number: int) -> None:
    app.report(b"%d" % number)
