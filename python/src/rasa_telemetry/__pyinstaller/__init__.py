"""Tells PyInstaller where the hook is that takes the binary along. PyInstaller finds this through the metadata."""

from __future__ import annotations

import os


def hook_dirs() -> list[str]:
    """The folders with hooks: this one."""
    return [os.path.dirname(__file__)]
