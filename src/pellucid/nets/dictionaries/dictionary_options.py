"""How a dictionary is trained, whatever its kind."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class DictionaryOptions:
    """Steps, batches and rates of a training.

    The rate rises over the first `warm_up` and falls to 0 over the last `warm_down` share of the steps; the decoder's
    is `decoder_rate` times as large. A latent that has not fired for `dead_after` rows, or 1/32 of the training if that
    is less, is started again in the direction of a badly reconstructed row, looked for every `revive_every` steps
    (0: never) until the rate falls.
    `sparsity` and `bandwidth` are those of thresholds and gates. `bfloat16`: choose latents in that format (None: where
    it is faster here); their values are always computed in float32.

    Raises:
        ValueError: a number out of its range.
    """

    steps: int = 1000
    batch_size: int = 1024
    learning_rate: float = 1e-3
    decoder_rate: float = 2.0
    warm_up: float = 0.01
    warm_down: float = 0.3
    beta: float = 0.999
    revive_every: int = 5
    dead_after: int = 100_000
    bandwidth: float = 0.1
    sparsity: float = 10.0
    bfloat16: bool | None = None
    save_every: int = 200
    encoder_start: float = 0.2
    """Norm of the encoder's rows at first; the smaller, the sooner the rate turns them (measured: FVU 0.277 ->
    0.266)."""
    rows_for_one: int = 4
    """Rows of a batch for each latent that starts again at once, so that the others keep most of what they
    reconstruct."""
    typical: int = 512
    """Living latents that say how strong a new one should be: enough for a median, few enough to cost nothing."""
    router_rate: float = 3.0
    """How many times faster the router learns than the encoder (8 experts of 1,024, 400 steps, one seed: FVU 0.207
    with 1, 0.201 with 3; with a tenth of the rate far worse)."""

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "dead_after", "save_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} is too small; use 1 or more")
        for name in ("learning_rate", "decoder_rate", "bandwidth", "sparsity"):
            value = getattr(self, name)
            if not (value > 0 and math.isfinite(value)):
                raise ValueError(f"{name}={value} is not usable; use a positive number")
        if not 0 <= self.warm_up < 1 or not 0 <= self.warm_down <= 1 or not 0 <= self.beta < 1:
            raise ValueError("warm_up, warm_down and beta are shares; use numbers from 0 to below 1")

    @property
    def patience(self) -> int:
        """Rows after which a latent that did not fire is taken for dead.

        >>> DictionaryOptions(batch_size=100).patience
        3125
        """
        return min(self.dead_after, max(1, self.steps * self.batch_size // 32))

    def revives(self, step: int) -> bool:
        """Whether dead latents are looked for after this step, from 1."""
        falling = (1 - self.warm_down) * self.steps
        return bool(self.revive_every) and step % self.revive_every == 0 and step <= max(falling, self.steps / 2)

    def rate(self, step: int) -> float:
        """The learning rate of a step, from 0.

        >>> [round(DictionaryOptions(steps=10, warm_up=0.0).rate(step) * 1e3, 2) for step in (0, 8, 9)]
        [1.0, 0.67, 0.33]
        """
        up = (step + 1) / max(1.0, self.warm_up * self.steps)
        down = (self.steps - step) / max(1.0, self.warm_down * self.steps)
        return self.learning_rate * min(1.0, up, down)
