"""How hard an enclosure is looked for: every limit of the search in one place.

None of them decides what is proved: boxes are checked in integers, without the search. Larger ones find more and take
longer.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EnclosureSettings:
    """Limits of the search for boxes and for differences; the values keep the built-in tasks within seconds each."""

    most_states: int = 256
    """Machines with more states are not unrolled."""
    most_symbols: int = 256
    """Machines with more inputs a step are not unrolled."""
    run: int = 300
    """Steps of the sequences that are tried before a proof is."""
    most_cycles: int = 300
    """Words of one length that are repeated; of longer ones there are too many."""
    beam: int = 512
    """Words that are tried at once, on the way to those with the largest errors."""
    most_boxes: int = 3_000
    """Boxes of one cover: the check in integers takes milliseconds a box and input."""
    most_pieces: int = 60_000
    """Pieces that the boxes are cut into in one sweep."""
    most_cuts: int = 12
    """How often a piece is halved."""
    levels: int = 13
    """How often the grid is halved: cells down to 1/4096 of the states' extent."""
    most_sweeps: int = 200
    """How often the images of the boxes are let into them before growth counts as endless."""
    steps: int = 16
    """Sides of boxes lie on multiples of 1 / steps of a cell, so that growth ends."""
    comfort: float = 0.4
    """Pieces are cut until |y - output| is below this, or nearly as small as in their middle: well below 1/2."""
    batch: int = 2_000
    """Pieces that are pushed through the network at once."""
    batch_steps: int = 500
    """Effort for one batch, in steps (`prove/effort.py`), and for each of its pieces; measured, as the next one."""
    piece_steps: int = 10
    exact_steps: int = 600
    """Effort for a piece that is checked in integers."""
    rate: float = 0.9
    """rho of the metric: differences that shrink faster than this a step count for little."""
    horizon: int = 20
    """Steps over which differences are followed for the metric."""

    @property
    def shift(self) -> float:
        """Where 0, the first hidden state, lies in its cell: not on the border."""
        return 5 / self.steps


ENCLOSURE = EnclosureSettings()
