"""The complexity of a network's function through its training, by measures that need no held-out data.

Linear mapping number: Liu et al. (arXiv 2310.05918). Local learning coefficient: Lau et al. (arXiv 2308.12108). Ours: a
floor for the first, accepted or refused steps for the second, and the test of whether its draws stay local.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from ...artifacts.learning.complexity_curve import ComplexityCurve
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...run.checkpoint import Checkpoint
from ...subjects.runs.checkpoints import Checkpoints, Weights
from .linear_mapping import linear_mapping_numbers
from .local_learning import Losses, Sampler

NORMS = (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d, torch.nn.LayerNorm, torch.nn.GroupNorm)
AGREE = 1.1
"""Chains whose R-hat is above it have not mixed (Gelman and Rubin's usual bound)."""
LOCAL = 0.25
"""Draws that lose more of the way to a constant guess have left the checkpoint: what they tell is not local."""
PULLS = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5)
"""Flat directions reach 1 / sqrt of it: from 1, longer than usual weights, to a three hundredth."""
FIELDS = (
    "loss", "test", "norm", "lmn", "lmn_error", "lmn_plain", "llc", "llc_error", "agreement", "excess"
)  # fmt: skip


@dataclass(frozen=True)
class CheckpointComplexity(Method[Checkpoints, ComplexityCurve]):
    """Linear mapping numbers, local learning coefficients, norms and losses of each checkpoint.

    `samples` rows make a linear mapping number, `repeats` disjoint sets of them its standard error. `rows` is how many
    the loss of the coefficient is taken on (0: none is made); `localization` is the pull back to the checkpoint.

    >>> module = torch.nn.Linear(3, 2)
    >>> x = torch.randn(60, 3, generator=torch.Generator().manual_seed(0))
    >>> data = x, (x[:, 0] > 0).long()
    >>> found = CheckpointComplexity(rows=0).explain(Checkpoints(module, (0,), (module.state_dict,), *data)).artifact
    >>> found.lmn.round(6).tolist()
    [1.0]
    """

    samples: int = 40
    """A linear mapping number costs samples^2 / 2 ways of 21 rows; it can be no larger than they are many."""
    repeats: int = 3
    rows: int = 500
    chains: int = 4
    draws: int = 60
    warm: int = 60
    localization: float | None = None
    """By default the least of `PULLS` with which the draws stay near the last checkpoint; then the same for all."""

    def _find(self, subject: Checkpoints, context: Context) -> Found[ComplexityCurve]:
        """Raises ValueError for settings without sense, and for rows of tokens, between which there is no way."""
        self._refuse(subject)
        owner = f"{subject.fingerprint()} {self} {context.seed}"
        store = None if context.checkpoint is None else Checkpoint(context.checkpoint, owner)
        n_beta = min(self.rows, len(subject.inputs)) / float(np.log(max(3, min(self.rows, len(subject.inputs)))))
        context.reporter.start("checkpoints", len(subject.steps))
        entries, pull = [], self._pull(subject, n_beta, context, store)
        for place, step in enumerate(subject.steps):
            known = None if store is None else store.load(f"checkpoint_{place}")
            with context.timed("measures"):
                entry = (
                    known[1] if known else self._entry(subject, place, n_beta, pull, context.stream(f"draws {place}"))
                )
            if store is not None and known is None:
                store.save(f"checkpoint_{place}", {}, entry)
            entries.append(entry)
            context.reporter.advance(1, f"step {step:g}")
        context.reporter.finish()
        arrays = {name: np.array([entry[name] for entry in entries], dtype=float) for name in FIELDS}
        found = ComplexityCurve(
            np.array(subject.steps), **arrays, parameters=sum(p.numel() for p in subject.module.parameters()),
            rows=len(subject.inputs), n_beta=n_beta, localization=pull, loss_name=subject.loss, name=subject.name,
        )  # fmt: skip
        notes = list(subject.notes)
        if any(isinstance(part, NORMS) for part in subject.module.modules()):
            notes.append("the network has normalisation layers: the norm of its weights says little of its function")
        return Found(found, tuple(self._claims(found)), settings={"notes": notes})

    def _refuse(self, subject: Checkpoints) -> None:
        if not subject.inputs.is_floating_point():
            raise ValueError("inputs are whole numbers, between which there is no straight way; give embedded inputs")
        for name, least in (("samples", 4), ("repeats", 1), ("rows", 0), ("chains", 2), ("draws", 10), ("warm", 10)):
            if getattr(self, name) < least:
                raise ValueError(f"{name}={getattr(self, name)} is too small; give {least} or more")
        if len(subject.inputs) < 4:
            raise ValueError(f"inputs have {len(subject.inputs)} rows; give 4 or more")
        if self.localization is not None and not self.localization > 0:
            raise ValueError(f"localization={self.localization} is not positive; flat directions would have no end")

    def _pull(self, subject: Checkpoints, n_beta: float, context: Context, store: Checkpoint | None) -> float:
        """What is given, or the least that keeps the draws near the last checkpoint; the most where none does."""
        if self.localization is not None or not self.rows:
            return self.localization or PULLS[0]
        known = None if store is None else store.load("localization")
        if known is not None:
            return float(known[1])
        weights, seed = subject.weights(len(subject.steps) - 1), context.stream("localization")
        order = torch.randperm(len(subject.inputs), generator=torch.Generator().manual_seed(seed))[: self.rows]
        found = PULLS[-1]
        for pull in PULLS:
            with context.timed("localization"):
                if self._coefficient(subject, weights, order, n_beta, pull, seed)["excess"] <= LOCAL:
                    found = pull
                    break
        if store is not None:
            store.save("localization", {}, found)
        return found

    def _entry(self, subject: Checkpoints, place: int, n_beta: float, pull: float, seed: int) -> dict[str, float]:
        """All measures of one checkpoint."""
        weights = subject.weights(place)
        order = torch.randperm(len(subject.inputs), generator=torch.Generator().manual_seed(seed))
        with torch.no_grad():
            loss = float(subject.loss_of(subject.outputs(weights), subject.targets))
            test = np.nan
            if subject.test is not None:
                test = float(subject.loss_of(subject.outputs(weights, subject.test[0]), subject.test[1]))
        named = dict(subject.module.named_parameters())
        norm = float(torch.stack([weights[name].double().square().sum() for name in named]).sum().sqrt())
        samples = min(self.samples, len(order))
        sets = [order[i : i + samples] for i in range(0, len(order) - samples + 1, samples)][: self.repeats]
        numbers = np.array(
            [linear_mapping_numbers(lambda x: subject.outputs(weights, x), subject.inputs[one]) for one in sets]
        )
        error = float(numbers[:, 1].std(ddof=1) / np.sqrt(len(sets))) if len(sets) > 1 else np.nan
        entry = {"loss": loss, "test": test, "norm": norm, "lmn_error": error}
        entry |= {"lmn_plain": float(numbers[:, 0].mean()), "lmn": float(numbers[:, 1].mean())}
        return entry | self._coefficient(subject, weights, order[: self.rows], n_beta, pull, seed)

    def _coefficient(
        self, subject: Checkpoints, weights: Weights, rows: Tensor, n_beta: float, pull: float, seed: int
    ) -> dict[str, float]:
        """The local learning coefficient on some rows."""
        if not self.rows:
            return dict.fromkeys(("llc", "llc_error", "agreement", "excess"), np.nan)
        losses, start = batched_losses(subject, weights, rows)
        sampler = Sampler(self.chains, self.draws, self.warm, localization=pull)
        found = sampler.coefficient(losses, start, n_beta, seed)
        way = constant_loss(subject, subject.targets[rows]) - float(losses(start[None].double())[0])
        share = found.excess / way if way > 0 else np.inf
        return {"llc": found.value, "llc_error": found.error, "agreement": found.agreement, "excess": float(share)}

    def _claims(self, found: ComplexityCurve) -> Iterator[Claim]:
        """The last checkpoint in numbers; how each measure goes with the held-out loss; what cannot be told."""
        last = f"of the last checkpoint, on {self.samples} samples"
        error = found.lmn_error[-1] if np.isfinite(found.lmn_error[-1]) else None
        yield Measured(
            f"linear mapping number {last}; baseline: linear", float(found.lmn[-1]), "", 1.0, error, key="lmn"
        )
        if self.rows:
            yield from self._coefficient_claims(found)
        what = "held-out" if np.isfinite(found.test).all() else "training"
        for measure, words in (("lmn", "linear mapping number"), ("llc", "local learning coefficient")):
            value, norm = found.together(measure), found.together("norm")
            if value is not None:
                error = 1 / np.sqrt(np.isfinite(getattr(found, measure)).sum() - 1)
                statement = f"rank correlation of the {words} with the {what} loss; baseline: that of the norm"
                yield Measured(statement, value, "", norm, float(error), key=f"{measure}_with_loss")

    def _coefficient_claims(self, found: ComplexityCurve) -> Iterator[Claim]:
        statement = f"local learning coefficient of the last checkpoint (n beta {found.n_beta:.3g}, localization "
        statement += f"{found.localization:g}); baseline: half of its parameters"
        bad = (found.agreement > AGREE) | (found.excess > LOCAL) | (found.llc < 0)
        if bad[-1]:
            yield Undecided(statement, *self._why(found, -1), key="llc")
        else:
            value, error = float(found.llc[-1]), float(found.llc_error[-1])
            yield Measured(statement, value, "", found.parameters / 2, error, key="llc")
        if bad[:-1].any():
            place = int(np.flatnonzero(bad[:-1])[0])
            reason, remedy = self._why(found, place)
            statement = f"local learning coefficients of {int(bad[:-1].sum())} earlier checkpoints"
            yield Undecided(statement, f"at step {found.steps[place]:g} {reason}", remedy, key="llc_earlier")

    def _why(self, found: ComplexityCurve, place: int) -> tuple[str, str]:
        """Why a coefficient is none, and what helps."""
        if found.llc[place] < 0:
            return "draws near the checkpoint have less loss than it has: it is no minimum", "train on"
        if found.excess[place] > LOCAL:
            share = 100 * found.excess[place]
            return f"the draws lose {share:.0f} % of the way to a constant guess", "give more rows or localization"
        return f"the chains do not agree (R-hat {found.agreement[place]:.2f})", "draw more"


def batched_losses(subject: Checkpoints, weights: Weights, rows: Tensor) -> tuple[Losses, Float[Tensor, " weights"]]:
    """The loss of many weights at once, each a row of parameters one after another; and those of the checkpoint."""
    names = [name for name, _ in subject.module.named_parameters()]
    shapes = [weights[name].shape for name in names]
    sizes = [weights[name].numel() for name in names]
    fixed = {name: tensor for name, tensor in weights.items() if name not in names}
    inputs, targets = subject.inputs[rows], subject.targets[rows]

    def one(flat: Float[Tensor, " weights"]) -> Float[Tensor, ""]:
        parts = flat.to(inputs.dtype).split(sizes)
        held = {name: part.reshape(shape) for name, part, shape in zip(names, parts, shapes, strict=True)}
        return subject.loss_of(subject.outputs({**fixed, **held}, inputs), targets).double()

    start = torch.cat([weights[name].flatten() for name in names]).double()
    return _over_chains(one, start), start


def _over_chains(one: Callable[[Tensor], Tensor], start: Tensor) -> Losses:
    """Over all chains in one call, where the network allows it; one after another else."""
    together = torch.vmap(one, randomness="different")
    try:
        with torch.no_grad():
            together(start[None])
    except (RuntimeError, ValueError):
        return lambda w: torch.stack([one(each) for each in w])
    return together


def constant_loss(subject: Checkpoints, targets: Tensor) -> float:
    """The loss of the best constant output: the entropy of the classes, or the variance of what is to be said."""
    if subject.loss == "cross_entropy":
        share = torch.bincount(targets.long()).double() / len(targets)
        return float(-(share * share.clamp_min(1e-300).log()).sum())
    wide = targets if targets.is_floating_point() else torch.nn.functional.one_hot(targets.long())
    return float(wide.double().reshape(len(targets), -1).var(0, correction=0).mean())
