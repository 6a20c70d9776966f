"""One line now and then: how far, how long still, how good."""

from __future__ import annotations

import sys
import time


class Progress:
    """Prints `name done/total, time left, figures` every `every` items and at the end."""

    def __init__(self, name: str, total: int, every: int, done: int = 0) -> None:
        self.name, self.total, self.every, self.first = name, total, every, done
        self.started = time.monotonic()

    def at(self, done: int, **figures: float) -> None:
        if done % self.every and done != self.total:
            return
        spent = time.monotonic() - self.started
        left = spent / max(1, done - self.first) * (self.total - done)
        shown = "".join(f", {name} {value:.4g}" for name, value in figures.items())
        print(f"{self.name} {done}/{self.total}, {spent:.0f} s, {left:.0f} s left{shown}", flush=True, file=sys.stderr)
