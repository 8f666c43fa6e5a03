"""A law whose form is known: its constants with standard errors, and what the rows say of the form.

Each constant is a maximum of the likelihood; between noise models the description length decides, as in exhaustive
symbolic regression (arXiv 2211.11461), and the standard errors are those of the Fisher information.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import sympy

from ....artifacts.formulas.formula import Formula, make_formula
from ....artifacts.formulas.predictions import Predictions
from ....core.claim import Claim, Undecided
from ....core.context import Context
from ....core.method import Found, Method
from ....run.threads import one_thread
from ....subjects.tables.samples import Samples
from ..evidence.claims import formula_claims
from ..evidence.residual import residual_claim
from ..expression.selection import joint_front
from ..expression.tape import CannotCompile
from ..inference.claims import estimate_claims
from ..inference.description import description_nats
from ..inference.estimate import Estimate
from ..inference.posterior import front_figures, next_point_claims, posterior_of
from ..inference.weigh import Weighed, rows_of
from .fit import fit_form, refit
from .form_text import GivenText, read_form
from .partial import absorbed_by, solve_partial


@dataclass(frozen=True)
class GivenForm(Method[Samples, Formula]):
    """The constants of a form that the user gives, with their standard errors.

    In `form` every name that is no column is a constant; `E` is one too, pi is not. Functions that are unknown, as in
    f(x)*g(z) or a + f(x/z), are found as smooth curves first, then by enumeration over their one argument. All rows are
    fitted, from many starts, under the noise model that is likeliest. A share `held_out` of the rows is kept from a
    second fit where there are at least `few_rows`, and claims about the error come from those.

    >>> t = np.linspace(0, 8, 60)
    >>> noise = np.random.default_rng(0).normal(0, 0.02, 60)
    >>> table = Samples(t, 1.9 * np.exp(-0.42 * t) * np.cos(6.1 * t) + noise, ("t",))
    >>> finding = GivenForm("a*exp(-b*t)*cos(c*t)").explain(table)
    >>> [claim.evidence for claim in finding.claims if claim.key == "constant"][1:]
    ['0.422 +- 0.004', '6.098 +- 0.003']
    """

    form: str = ""
    held_out: float = 0.2
    few_rows: int = 40
    drawn_rows: int = 2_000

    def _find(self, subject: Samples, context: Context) -> Found[Formula]:
        """The form with its constants put in. Raises ValueError for a form that cannot be fitted to these rows."""
        if not self.form.strip():
            raise ValueError("form is empty; write one, such as form='a*exp(-b*t)'")
        given = read_form(self.form, subject.names, subject.target)
        if subject.rows <= len(given.constants):
            raise ValueError(
                f"form {self.form!r} has {len(given.constants)} constants, the table {subject.rows} rows; "
                f"give at least {len(given.constants) + 1} rows"
            )
        rows = rows_of(subject)
        context.reporter.start("fitting the form", 1)
        claims: list[Claim] = []
        try:
            with one_thread():
                if given.unknowns:
                    found = solve_partial(given, rows, context.seed)
                    claims += unknown_claims(given)
                else:
                    found = fit_form(given.parametrised(), rows, context.seed)
                claims += [*self._held_claims(found, subject, context), *estimate_claims(found, rows, subject.target)]
        except CannotCompile as error:
            raise ValueError(f"form {self.form!r}: {error}") from None
        context.reporter.finish()
        formula = make_formula(found.expression(), subject.names, subject.target, subject.box)
        claims += identifiable_claims(found, subject.target)
        if found.scatter.s > 1.01 * found.noise.smallest(rows.y, rows.rounding):
            claims += [residual_claim(formula, subject, context.seed)] if subject.rows >= self.few_rows else []
        weighed = [Weighed(found, description_nats(found, rows))]
        posterior = posterior_of(weighed, subject.names, subject.target, subject.box, subject.X)
        claims += next_point_claims(posterior)
        facts = {"rows": subject.rows, **({"notes": list(subject.notes)} if subject.notes else {})}
        parts = {
            "front": replace(joint_front(formula, [], subject), **front_figures(weighed, weighed)),
            "predictions": self._predictions(formula, subject, context),
            "posterior": posterior,
        }
        return Found(formula, tuple(claims), parts, route=f"{found.noise.name} noise", settings=facts)

    def _predictions(self, formula: Formula, samples: Samples, context: Context) -> Predictions:
        """Rows to be drawn: all of them, or of very many a few."""
        generator = np.random.default_rng(context.stream("drawn"))
        some = samples.select(np.sort(generator.permutation(samples.rows)[: self.drawn_rows]))
        held_out = np.zeros(some.rows, dtype=bool)
        return Predictions(some.X, some.y, formula(some.X), held_out, formula.names, formula.target)

    def _held_claims(self, found: Estimate, samples: Samples, context: Context) -> list[Claim]:
        """What is known of the formula from rows that its constants were not fitted to."""
        fitted, held, kept = samples, samples, "the rows it was fitted to"
        again: Estimate | None = found
        if samples.rows >= self.few_rows:
            fitted, held = samples.split(self.held_out, np.random.default_rng(context.stream("rows")))
            again, kept = refit(found, rows_of(fitted)), "held-out rows, its constants fitted to the others"
        formula = make_formula((again or found).expression(), samples.names, samples.target, samples.box)
        return [*formula_claims(formula, fitted, held, kept=kept, refits=0, seed=context.seed)]


def unknown_claims(given: GivenText) -> list[Claim]:
    """What cannot be told of the unknown functions, whatever the rows: a factor or an offset that others take up.

    Key "identifiable".
    """
    claims: list[Claim] = []
    remedy = "give one of them a value, such as f = 1 at a point"
    for unknown in given.unknowns:
        taken = ", ".join(symbol.name for symbol in absorbed_by(given, unknown))
        if taken:
            reason = f"{taken} and {unknown.name} can take it up alike; it stands in the formula as a whole"
            claims.append(Undecided(f"the part of {unknown.name} that {taken} is", reason, remedy, key="identifiable"))
    if len(given.unknowns) > 1:
        names = " and ".join(unknown.name for unknown in given.unknowns)
        kind = "factor" if len(sympy.Add.make_args(given.expression)) == 1 else "offset"
        reason = f"another {kind} in one of them is made good by the other"
        claims.append(Undecided(f"the {kind} of each of {names}", reason, remedy, key="identifiable"))
    return claims


def identifiable_claims(found: Estimate, target: str) -> list[Claim]:
    """Which constants the rows cannot tell, whatever their number: only a combination of them is known.

    Key "identifiable".
    """
    loose = [found.form.symbols[k].name for k, error in zip(found.free, found.errors, strict=True) if math.isinf(error)]
    if not loose:
        return []
    names = ", ".join(loose)
    reason = "other values of them, changed together, give the same formula on every row"
    remedy = f"put a number in place of {loose[0]}"
    return [Undecided(f"the value of each of {names} in {target}", reason, remedy, key="identifiable")]
