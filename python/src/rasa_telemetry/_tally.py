"""A count that threads and signal handlers may all add to."""

from __future__ import annotations

import itertools


class Tally:
    """Counts in one step of the interpreter: `+= 1` takes several, between which another thread's is lost."""

    def __init__(self) -> None:
        self._counter = itertools.count()
        # Looking counts too: the counter can only be moved on.
        self._looks = 0

    def add(self) -> int:
        """Counts one more, and gives how many that makes."""
        return next(self._counter) - self._looks + 1

    def total(self) -> int:
        """How many were counted. For one thread at a time."""
        count = next(self._counter) - self._looks
        self._looks += 1
        return count
