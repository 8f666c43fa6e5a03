"""Messages under a key whose usable information is known by enumeration.

Written down before any was run; the half of a case is decided by its name (`halves`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pellucid.subjects.tables.signals import Signals


@dataclass(frozen=True)
class KeyedCase:
    """Symbols shifted by a key: the receiver's key is wrong with a probability, a share of messages is in clear."""

    name: str
    symbols: int
    wrong: float
    clear: float
    rows: int

    @property
    def gap(self) -> float:
        """Receiver clear + (1 - clear) P(right | key), sentinel clear + (1 - clear) / symbols, of right answers."""
        by_key = max(1 - self.wrong, self.wrong / (self.symbols - 1))
        return (1 - self.clear) * (by_key - 1 / self.symbols)

    def signals(self) -> Signals:
        """Drawn from a seed of the name; a wrong key is any other one."""
        generator = np.random.default_rng(int.from_bytes(self.name.encode()[:6], "little"))
        truth, key = generator.integers(0, self.symbols, (2, self.rows))
        other = (key + generator.integers(1, self.symbols, self.rows)) % self.symbols
        held = np.where(generator.random(self.rows) < self.wrong, other, key)
        is_clear = generator.random(self.rows) < self.clear
        sent = np.where(is_clear, truth, (truth + key) % self.symbols)
        words = tuple(f"{'open' if c else 'shut'} {s}" for s, c in zip(sent, is_clear, strict=True))
        return Signals(words, tuple(map(str, truth)), tuple(map(str, held)), self.name)


CASES = (
    KeyedCase("anchor", 2, 0.0, 0.0, 1000),
    KeyedCase("buoy", 2, 0.2, 0.0, 2000),
    KeyedCase("cleat", 2, 0.5, 0.0, 1000),
    KeyedCase("dinghy", 2, 0.1, 0.5, 2000),
    KeyedCase("ensign", 3, 0.0, 0.3, 2000),
    KeyedCase("fathom", 3, 0.3, 0.0, 3000),
    KeyedCase("galley", 4, 0.0, 0.5, 3000),
    KeyedCase("halyard", 4, 0.2, 0.2, 4000),
    KeyedCase("jib", 2, 0.5, 0.5, 2000),
    KeyedCase("keel", 3, 0.1, 0.9, 3000),
)
