"""What is claimed of an estimate: its constants with their errors, the noise, outliers, contradictions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy
from jaxtyping import Bool

from ....algebra.expressions.text import to_text
from ....core.claim import Claim, Measured, Undecided
from ..expression.free_constants import named_numbers
from ..expression.parametrised import Parametrised
from .estimate import Estimate, Rows, estimate


def estimate_claims(found: Estimate, rows: Rows, target: str) -> list[Claim]:
    """Every claim about an estimate of `target`."""
    return [*constant_claims(found, rows, target), noise_level_claim(found, rows, target)]


def constant_claims(found: Estimate, rows: Rows, target: str) -> list[Claim]:
    """Each constant with its standard error; of an exact one, what it would be if it were free.

    So are the exact numbers that an engine wrote into the form, and exponents where powers of other numbers exist. The
    constants are named by what stands with them. Key "constant"; "contradiction" where an exact number is more than
    three standard errors from what the rows say.
    """
    found = with_named_numbers(found, rows)
    claims: list[Claim] = []
    errors = dict(zip(found.free, found.errors, strict=True))
    for k, value in enumerate(map(float, found.theta)):
        name = _name(found, k)
        if k not in found.held:
            error = float(errors[k])
            known = error if math.isfinite(error) else None
            claims.append(Measured(f"constant {name} in {target}", value, "", None, known, key="constant"))
            continue
        claims += _held_claims(found, rows, target, k, name)
    return claims


def with_named_numbers(found: Estimate, rows: Rows, most: int = 12) -> Estimate:
    """The same estimate, in which at most so many exact numbers of the form are constants that are held.

    >>> import numpy as np
    >>> from ..expression.parametrised import parametrise
    >>> from .noise import NOISES
    >>> x = sympy.Symbol("x", real=True)
    >>> rows = Rows(np.arange(1.0, 9.0)[:, None], 2.1 * np.arange(1.0, 9.0) - 4, np.ones(8), ("x",), 1e-16)
    >>> found = estimate(parametrise(2.1 * x - 4), rows, NOISES[0])
    >>> [number for number in with_named_numbers(found, rows).held.values()]
    [-4]
    """
    form = found.form
    own: dict[Any, Any] = {symbol: sympy.Symbol(f"_#own{k}", real=True) for k, symbol in enumerate(form.symbols)}
    renamed: Any = form.template.xreplace(own)
    template, numbers, exponents = named_numbers(renamed)
    if not numbers or len(numbers) > most:
        return found
    back: Any = template.xreplace({new: old for old, new in own.items()})
    count, more = len(form.symbols), len(numbers)
    wider = Parametrised(
        back,
        (*form.symbols, *numbers),
        np.concatenate([found.theta, [float(number) for number in numbers.values()]]),
        (*form.exponents, *(symbol in exponents for symbol in numbers)),
        (*form.without, *(-math.inf for _ in numbers)),
        (*form.unit, *(0.0 for _ in numbers)),
    )
    held = {**found.held, **dict(zip(range(count, count + more), numbers.values(), strict=True))}
    return estimate(wider, rows, found.noise, wider.values, held) or found


def _held_claims(found: Estimate, rows: Rows, target: str, k: int, name: str) -> list[Claim]:
    """An exact number beside what it would be, were it free and the other exact ones as they are."""
    number = found.held[k]
    exact = {found.form.symbols[j]: held for j, held in found.held.items()}
    if number.has(sympy.pi) and not found.form.template.xreplace(exact).has(sympy.pi):
        return []  # a quarter of a turn, which made a cosine of a sine: no constant any more
    others = {j: held for j, held in found.held.items() if j != k}
    free = estimate(found.form, rows, found.noise, found.theta, others)
    if free is None or number == 0:
        return []
    value, error = float(free.theta[k]), float(free.errors[free.free.index(k)])
    if not math.isfinite(error) or error == 0:
        return []
    statement = f"constant {name} in {target}, were it free (found: {number})"
    claims: list[Claim] = [Measured(statement, value, "", None, error, key="constant")]
    off = abs(value - float(number)) / error  # pyright: ignore[reportArgumentType]
    if off > 3:  # once in 370 by chance
        reason = f"fitted freely it is {value:.6g} +- {error:.2g}, {off:.1f} standard errors off"
        claims.append(Undecided(f"{name} = {number} in {target}", reason, "give more rows", key="contradiction"))
    return claims


def noise_level_claim(found: Estimate, rows: Rows, target: str) -> Claim:
    """The scale of the scatter, under the noise model that makes the whole shortest."""
    s = found.scatter.s
    error = s / math.sqrt(2 * max(rows.count - len(found.free), 1))
    statement = f"noise in {target}, {found.noise.told}"
    if found.noise.is_share:
        return Measured(statement, 100 * s, "%", None, 100 * error, key="noise_level")
    return Measured(statement, s, "", float(np.std(rows.y)), error, key="noise_level")


def outliers_claim(is_outlier: Bool[np.ndarray, " rows"], target: str, most_listed: int = 12) -> Claim:
    """The rows of the table that lie too far off for the scatter of the others, by their numbers from 1."""
    far = np.flatnonzero(is_outlier) + 1
    listed = ", ".join(map(str, far[:most_listed])) + (", ..." if len(far) > most_listed else "")
    share = 100 * len(far) / len(is_outlier)
    statement = f"rows whose {target} is too far off for the scatter of the others, left out of what follows: {listed}"
    return Measured(statement, share, "% of the rows", key="outliers")


def _name(found: Estimate, k: int) -> str:
    """The constant as it stands in the form, the exact ones in their places: 'c1 of c0*exp(-c1*x)', or by the name that
    the user gave it. Those that are seen are counted, the largest first, so that the same formula read again has the
    same names, in whatever order its numbers were read."""
    at = [i for i in range(len(found.theta)) if i == k or i not in found.held]
    seen = [found.form.symbols[i] for i in sorted(at, key=lambda i: -float(f"{found.theta[i]:.6g}"))]
    symbols = {
        symbol: sympy.Symbol(f"c{i}") if symbol.name.startswith("_#") else symbol for i, symbol in enumerate(seen)
    }
    exact = {found.form.symbols[i]: number for i, number in found.held.items() if i != k}
    form = found.form.template.xreplace({**symbols, **exact})
    return f"{symbols[found.form.symbols[k]]} of {to_text(form)}"
