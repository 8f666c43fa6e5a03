"""Is what a latent writes in one model truly not in the other? Latent scaling (arXiv 2504.02922, section 3).

    beta_m = sum_i f_i <d, y_i> / sum_i f_i^2 |d|^2       over the rows where the latent fires, f_i strong
    nu = beta_other / beta_own                            0: it is not in the other model, 1: as much as in its own

d is the latent's direction in the model that it belongs to, y what the model's error leaves with the latent taken out
(nu of the error), or what all latents write (nu of the reconstruction): a latent that a penalty, or chance, has left
out of one decoder shows in that model's error; one that other latents stand in for shows in what these write.
"""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

__all__ = ["CrossCodes", "latent_scaling"]


@dataclass(frozen=True)
class CrossCodes:
    """Held-out rows as a crosscoder has them, each of two models in its own scale: codes, errors, reconstructions."""

    values: Float[Tensor, "rows k"]
    indices: Int[Tensor, "rows k"]
    directions: tuple[Float[Tensor, "n width"], Float[Tensor, "n width"]]
    errors: tuple[Float[Tensor, "rows width"], Float[Tensor, "rows width"]]
    written: tuple[Float[Tensor, "rows width"], Float[Tensor, "rows width"]]

    def fires(self, latent: int) -> tuple[Int[Tensor, " some"], Float[Tensor, " some"]]:
        """The rows in which it fires, and how strongly."""
        rows, places = ((self.indices == latent) & (self.values > 0)).nonzero(as_tuple=True)
        return rows, self.values[rows, places]


def latent_scaling(codes: CrossCodes, latent: int, own: int) -> tuple[float, float]:
    """nu of the error and of the reconstruction, of a latent that belongs to model `own` (0 or 1).

    NaN where the latent is not in its own model either. The two models are to have one width.
    """
    rows, strength = codes.fires(latent)
    direction = codes.directions[own][latent].double()
    weight = strength.double()
    scale = (weight**2).sum() * (direction**2).sum()
    found: list[float] = []
    for kind in ("errors", "written"):
        betas = []
        for model in (own, 1 - own):
            y = getattr(codes, kind)[model][rows].double()
            if kind == "errors":  # what is left of the model when all but this latent is taken away
                y = y + weight[:, None] * codes.directions[model][latent].double()
            betas.append(float((weight * (y @ direction)).sum() / scale.clamp_min(1e-30)))
        found.append(betas[1] / betas[0] if betas[0] > 0 else float("nan"))
    return found[0], found[1]
