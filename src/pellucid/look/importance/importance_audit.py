"""Which columns tell of the target, and which a model only uses to cancel noise.

Wilming, Kieslich, Clark and Haufe, "Theoretical Behavior of XAI Methods in the Presence of Suppressor Variables"
(arXiv:2306.01464): permutation, gradients and Shapley values all give credit to a column that is independent of the
target, where it carries the noise of another one. Here each column gets a role, from tests of data and model:

    tells of y           x_j and y are associated (binned mutual information, chi-square)
    is used              the model's loss rises when x_j is permuted in rows that it was not fitted to
    is needed            a model fitted again without x_j does worse on them
    suppressor           used, not associated with y, associated with x_k - E(x_k | y) of a column x_k that is
    interacting          used, not associated with y, associated with y within the strata of another column

An XOR has no marginal association either, but tells nothing of the other column's noise: it interacts. The hot path is
the model's predictions: rows * columns * draws of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.stats import norm

from ...artifacts.features.feature_roles import FeatureRoles, Role
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.tables.modelled import Modelled
from .association import Association, association, binned, noise_of
from .attributions import gradients, pattern, permuted, shapley


@dataclass(frozen=True)
class ColumnTests:
    """What was found of one column."""

    marginal: Association
    used: float
    used_error: float
    needed: float | None
    needed_error: float
    noise: tuple[str, Association] | None = None
    joint: tuple[str, Association] | None = None


@dataclass(frozen=True)
class ImportanceAudit(Method[Modelled, FeatureRoles]):
    """Gives each column its role: informative, redundant, interacting, suppressor or unused; and what methods credit.

    >>> from pellucid.subjects import Samples
    >>> g = np.random.default_rng(0)
    >>> z, noise = g.normal(size=(2, 600))
    >>> samples = Samples(np.stack([z + noise, noise], 1), z, ("x1", "x2"))
    >>> model = Modelled(samples, lambda X: X[:, 0] - X[:, 1], np.ones(600, bool))
    >>> ImportanceAudit().explain(model).artifact.roles
    ('informative', 'suppressor')
    """

    level: float = 0.01
    """Of every test, shared among all columns (and pairs of columns): a role by chance in one of a hundred tables."""
    draws: int = 10
    """Permutations of each column, and orders of all columns for Shapley values."""
    rows: int = 200
    """Rows whose Shapley values are computed."""
    step: float = 0.25
    """Of slopes, in standard deviations: trees have none over smaller steps."""
    strata: int = 4
    """Parts into which another column is cut to look for interactions."""
    refits: int = 60
    """Columns up to which models are fitted again without each of them."""

    def _find(self, subject: Modelled, context: Context) -> Found[FeatureRoles]:
        X, y, held = subject.samples.X, subject.samples.y, subject.held_out
        generator = np.random.default_rng(context.stream("permutations"))
        context.reporter.start("columns", X.shape[1] + 2)
        rise = permuted(subject.scores, lambda s: subject.losses(s, y[held]), X[held], self.draws, generator)
        tests = []
        needed = self._needed(subject)
        marginal = [association(X[:, j], y) for j in range(X.shape[1])]
        for j in range(X.shape[1]):
            tests.append(self._tests(subject, j, rise[:, j], None if needed is None else needed[:, j], marginal))
            context.reporter.advance()
        shares = self._shares(subject, rise, generator)
        context.reporter.finish()
        roles = [self._role(test, X.shape[1]) for test in tests]
        found = FeatureRoles(
            subject.samples.names,
            tuple(role for role, _ in roles),
            tuple(partner for _, partner in roles),
            tuple(max(0.0, one.bits - one.by_chance) for one in marginal),
            tuple(tuple(float(v) for v in row) for row in shares),
            target=subject.samples.target,
            model=subject.model,
        )
        notes = {"notes": list(subject.samples.notes)} if subject.samples.notes else {}
        return Found(found, tuple(self._claims(subject, found, tests)), settings=notes)

    def _needed(self, subject: Modelled) -> Float[np.ndarray, "rows columns"] | None:
        """How much each held-out row's loss rises with a model fitted without a column; None where none can."""
        X, y, held = subject.samples.X, subject.samples.y, subject.held_out
        if subject.refit is None or not 2 <= X.shape[1] <= self.refits or held.all():
            return None
        before = subject.losses(subject.scores(X[held]), y[held])
        found = np.zeros((int(held.sum()), X.shape[1]))
        for j in range(X.shape[1]):
            rest = np.delete(X, j, axis=1)
            outputs = np.asarray(subject.refit(rest[~held], y[~held])(rest[held]), np.float64)
            scores = outputs[:, None] if outputs.ndim == 1 else np.log(np.clip(outputs, 1e-6, None))
            found[:, j] = subject.losses(scores, y[held]) - before
        return found

    def _tests(
        self, subject: Modelled, j: int, rise: np.ndarray, needed: np.ndarray | None, marginal: list[Association]
    ) -> ColumnTests:
        """Of column j; those of pairs only where it is not associated with the target by itself."""
        X, y, names = subject.samples.X, subject.samples.y, subject.samples.names
        level = self.level / X.shape[1]
        noise = joint = None
        if marginal[j].p_value >= level:
            others = [k for k in range(X.shape[1]) if k != j]
            telling = [k for k in others if marginal[k].p_value < level]
            found = [(names[k], association(X[:, j], noise_of(X[:, k], y))) for k in telling]
            noise = min(found, key=lambda one: one[1].p_value, default=None)
            found = [(names[k], association(X[:, j], y, binned(X[:, k], self.strata))) for k in others]
            joint = min(found, key=lambda one: one[1].p_value, default=None)
        return ColumnTests(marginal[j], *_mean(rise), *((None, 0.0) if needed is None else _mean(needed)), noise, joint)

    def _role(self, test: ColumnTests, columns: int) -> tuple[Role, str]:
        """The role, and the other column that it has to do with."""
        level = self.level / columns
        used, needed = _above(test.used, test.used_error, level), test.needed
        if test.marginal.p_value < level:
            counts = used if needed is None else _above(needed, test.needed_error, level)
            return ("informative" if counts else "redundant"), ""
        if not used:
            return "unused", ""
        for role, found in (("suppressor", test.noise), ("interacting", test.joint)):
            if found is not None and found[1].p_value < level / max(1, columns - 1):
                return role, found[0]  # type: ignore[return-value]
        return "unexplained", ""

    def _shares(
        self, subject: Modelled, rise: Float[np.ndarray, "rows columns"], generator: np.random.Generator
    ) -> Float[np.ndarray, "columns methods"]:
        """The share of each method's credit that each column has."""
        X = subject.samples.X[subject.held_out]
        found = [
            np.maximum(rise.mean(0), 0),
            gradients(subject.outputs, X, self.step),
            shapley(subject.outputs, X, self.rows, self.draws, generator),
            pattern(subject.outputs, X),
        ]
        return np.stack([one / one.sum() if one.sum() > 0 else one for one in found], 1)

    def _claims(self, subject: Modelled, found: FeatureRoles, tests: list[ColumnTests]) -> list[Claim]:
        """The model's own worth; of each column that is not plainly informative, why it has its role."""
        y, held = subject.samples.y, subject.held_out
        loss = subject.losses(subject.scores(subject.samples.X[held]), y[held])
        unit = "nats" if subject.is_classes else f"squared {found.target}"
        claims: list[Claim] = [
            Measured("loss of the model on held-out rows (baseline: a constant)", float(loss.mean()), unit,
                     _constant_loss(subject), _mean(loss)[1] or None, key="loss"),
        ]  # fmt: skip
        for name, role, test in zip(found.columns, found.roles, tests, strict=True):
            claims += self._of_column(name, role, test, found, unit)
        suppressed = [i for i, role in enumerate(found.roles) if role == "suppressor"]
        if suppressed:
            by_pattern = sum(found.values[i][-1] for i in suppressed)
            for m, method in enumerate(found.methods[:-1]):
                credit = float(sum(found.values[i][m] for i in suppressed))
                what = f"share of credit that {method} gives to suppressors (baseline: the pattern)"
                claims.append(Measured(what, credit, "share", float(by_pattern), key=f"suppressed {method}"))
        return claims

    def _of_column(self, name: str, role: str, test: ColumnTests, found: FeatureRoles, unit: str) -> list[Claim]:
        one, level = test.marginal, self.level / len(found.columns)
        least = f"; {one.detectable(level):.2g} bits would have been seen" if one.p_value >= level else ""
        about, told = f"{name}, {role}", f"p = {one.p_value:.1g}{least}"
        claims: list[Claim] = [
            Measured(f"{about}: mutual information with {found.target} ({told})", one.bits, "bits",
                     one.by_chance, np.sqrt(2 / max(1, one.freedom)) * one.by_chance or None, key=f"{name} bits"),
            Measured(f"{about}: rise of the held-out loss when it is permuted", test.used, unit, 0.0,
                     test.used_error or None, key=f"{name} used"),
        ]  # fmt: skip
        if test.needed is not None:
            what = f"{about}: rise of the held-out loss when a model is fitted without it"
            claims.append(Measured(what, test.needed, unit, 0.0, test.needed_error or None, key=f"{name} needed"))
        if role in ("suppressor", "interacting"):
            partner, pair = (test.noise if role == "suppressor" else test.joint) or ("", one)
            what = (
                f"with the noise in {partner}"
                if role == "suppressor"
                else f"with {found.target}, {partner} being known"
            )
            said = f"{about}: mutual information {what} (p = {pair.p_value:.1g})"
            claims.append(Measured(said, pair.bits, "bits", pair.by_chance, key=f"{name} {role}"))
        return claims


def _mean(values: Float[np.ndarray, " rows"]) -> tuple[float, float]:
    """The mean, and its standard error over rows."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def _above(mean: float, error: float, level: float) -> bool:
    """Whether a mean is above 0 at this level."""
    return bool(mean > 0 and mean > norm.isf(level) * error)


def _constant_loss(subject: Modelled) -> float:
    """The loss of the mean, or of the classes' frequencies, in the rows that were fitted to."""
    y, held = subject.samples.y, subject.held_out
    known = y[~held] if (~held).any() else y
    if not subject.is_classes:
        return float(((y[held] - known.mean()) ** 2).mean())
    shares = np.array([(known == c).mean() for c in range(int(y.max()) + 1)])
    return float(-np.log(np.clip(shares, 1e-6, None))[y[held].astype(int)].mean())
