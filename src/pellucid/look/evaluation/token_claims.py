"""What is known of all features' token tables together, beside directions drawn at random."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from ...artifacts.features.feature_atlas import FeatureAtlas
from ...core.claim import Claim, Measured
from .sample import Sample
from .token_tables import Firings, TableScores, random_firings, score_tables

__all__ = ["TokenTables"]


@dataclass(frozen=True)
class TokenTables:
    """Scores of the features' token tables, of tables of their strongest tokens, and of random directions' tables.

    `judged` are features that fire at least `least` times where they are judged.
    """

    scores: TableScores
    strongest: TableScores
    randoms: tuple[TableScores, TableScores] | None
    """Both kinds of table for directions drawn at random."""
    judged: Int[Tensor, " judged"]
    places: int
    """At how many tokens they are judged."""
    top: int

    @classmethod
    def of(
        cls, sample: Sample, ids: Int[Tensor, "rows length"], *, share: float, least: int, randoms: int, top: int,
        generator: torch.Generator,
    ) -> TokenTables | None:  # fmt: skip
        """Tables from all rows but the first `share` of them, on which they are judged: whole texts, but for one.

        The random directions are each as dense as one feature, drawn from those that are judged. None where there are
        fewer than four rows.
        """
        order = sample.rows.unique()
        count = max(1, round(share * len(order)))
        if len(order) < 4 or count >= len(order):
            return None
        held = sample.rows <= order[count - 1]
        tokens = ids[sample.rows, sample.positions]
        fires = Firings.of(sample.values, sample.indices, sample.size)
        scores = score_tables(fires, tokens, sample.rows, held)
        strongest = score_tables(fires, tokens, sample.rows, held, strongest=top)
        judged = (scores.counts >= least).nonzero()[:, 0]
        drawn = judged[torch.randint(len(judged), (randoms,), generator=generator)] if len(judged) else judged
        beside = None
        if len(drawn):
            density = torch.bincount(fires.features, minlength=sample.size)[drawn] / len(tokens)
            drawn_fires = random_firings(sample.x, density, generator)
            beside = (
                score_tables(drawn_fires, tokens, sample.rows, held),
                score_tables(drawn_fires, tokens, sample.rows, held, strongest=top),
            )
        return cls(scores, strongest, beside, judged, int(held.sum()), top)

    def arrays(self, words: int) -> dict[str, Tensor]:
        """What the atlas holds of them: `token_table` are tokens as in the text; NaN for what fires seldom."""
        known = torch.zeros(len(self.scores.f1), dtype=torch.bool).index_fill(0, self.judged, True)
        found = {
            "token_precision": self.scores.precision.nan_to_num(), "token_recall": self.scores.recall,
            "token_f1": self.scores.f1, "token_f1_error": self.scores.f1_error(),
        }  # fmt: skip
        nothing = torch.tensor(torch.nan)
        arrays = {name: value.float().where(known, nothing) for name, value in found.items()}
        return arrays | {"token_table": self.scores.first_tokens(words)}

    def claims(self) -> tuple[Claim, ...]:
        """The mean F1 of the tables, and of the strongest tokens, and how many features are told by their tokens."""
        if self.randoms is None or not len(self.judged):
            return ()
        everything = torch.arange(self.randoms[0].hits.shape[1])
        (random, _), (tips, _) = (one.mean_f1(everything) for one in self.randoms)
        value, error = self.scores.mean_f1(self.judged)
        tip, tip_error = self.strongest.mean_f1(self.judged)
        of = f"F1 on {self.places:,} held-out tokens, mean of {len(self.judged):,} features"
        told = self.scores.f1[self.judged] >= FeatureAtlas.told
        share = float(told.double().mean())
        spread = (share * (1 - share) / len(told)) ** 0.5
        baseline = float((self.randoms[0].f1.nan_to_num() >= FeatureAtlas.told).double().mean())
        beside = f"baseline: {len(everything)} random directions"
        return (
            Measured(f"token tables tell where features fire: {of}; {beside}", value, "", random, error,
                     key="token_f1"),
            Measured(f"the tokens of their {self.top} strongest firings tell it: {of}; {beside}", tip, "", tips,
                     tip_error, key="token_f1: strongest"),
            Measured(f"features told by their tokens (F1 from {FeatureAtlas.told} on); {beside}", 100 * share, "%",
                     100 * baseline, 100 * spread, key="told_by_tokens"),
        )  # fmt: skip
