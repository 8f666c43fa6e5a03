"""How hard a proof of equivalence is looked for: every limit of the search in one place.

None of them decides what is proved: a certificate is checked without the search. Larger ones find more and take longer.
Seconds are those of effort (`prove/effort.py`): counted in steps of the solver.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchSettings:
    """Limits of the search for differences and invariants; the values keep the built-in tasks within seconds each."""

    pairs: int = 20_000
    """At most this many pairs of states are met: what numpy holds and compares in a second."""
    steps: int = 400_000
    """At most this many steps are run while meeting them."""
    chunk: int = 50_000
    """Steps that are run at once: a few megabytes."""
    depth: int = 400
    """Sequences up to this length are followed."""
    letters: int = 512
    """Alphabets up to this size are run through completely: two inputs of 22 values each."""
    large: int = 2**30
    """States with a number beyond this are not followed: a product of two, added up, would overflow int64."""
    exact: int = 2**20
    """States with a number beyond this are run with integers of any size, so that int64 never overflows unseen."""
    listed: int = 600
    """At most this many pairs of states are listed one by one in an invariant: more, and solvers run out of time."""
    slice: float = 2.0
    """Seconds for one question about guesses; one that takes longer is left, and the next one asked."""
    second: tuple[float, float] = (0.5, 5.0)
    """Seconds that the second solver has for a query: with the first invariant, and with one that is easier for it."""
    unrolling: float = 3.0
    """Seconds for one question about sequences of one length; a longer one is harder still, so the search ends."""
    last_try: float = 5.0
    """Seconds to look for a difference with a solver where no proof was found."""
    few: int = 4
    """Registers with at most so many values are told apart by each of them, others by sign."""
    paired: int = 8
    """With so many free registers, sums and differences are bounded; with half of them, two are ordered."""
    narrow: int = 40
    """A range at most so wide is taken for a bound, however rarely its ends were met."""


SEARCH = SearchSettings()
