"""What a person knows of the parameters, in their words: inequalities, and equations that put one for another."""

from __future__ import annotations

from collections.abc import Sequence

from ..algebra.parameters.assumptions import Assumptions
from ..subjects.equations.dynamics import Dynamics
from ..subjects.equations.evolution import Evolution
from ..subjects.equations.field_equations import FieldEquations
from .subjects.equations import Equations


def with_assumptions(
    equations: Equations, assume: Sequence[str] = (), positive: bool = False
) -> tuple[Equations, Assumptions]:
    """The equations with "c = a + b" put in, and the inequalities that are left. Raises ValueError.

    >>> from pellucid.subjects import Dynamics
    >>> spring = Dynamics.parse("x' = v; v' = -k*x", parameters="k, m")
    >>> put, known = with_assumptions(spring, ["k = 2*m"], positive=True)
    >>> put.rhs, known.inequalities
    (('v', '-2*m*x'), ('m > 0',))
    """
    if not assume and not positive:
        return equations, Assumptions(())
    found = _with_parameters(equations)
    inequalities = [text.strip() for text in assume if "=" not in text]
    for text in assume:
        if "=" in text:
            found = _put(found, text)
    if positive:
        inequalities += [f"{name} > 0" for name in found.parameters]
    return found, Assumptions(found.parameters, tuple(dict.fromkeys(inequalities)))


def _with_parameters(equations: Equations) -> Dynamics | Evolution | FieldEquations:
    """The equations, where something can be assumed of them; raises ValueError where not."""
    if not isinstance(equations, Dynamics | Evolution | FieldEquations):
        raise ValueError("assume and positive are for equations x' = ... and of fields; leave them out")
    if not equations.parameters:
        raise ValueError("assume and positive are about parameters, and there are none; name them with --parameters")
    return equations


def _put(equations: Dynamics | Evolution | FieldEquations, text: str) -> Dynamics | Evolution | FieldEquations:
    """One parameter in terms of the others."""
    left, _, right = (part.strip() for part in text.partition("="))
    if left not in equations.parameters:
        known = ", ".join(equations.parameters)
        raise ValueError(
            f"assumption {text!r} does not say what a parameter is; write it as NAME = ... with one of {known}, "
            "or an inequality with > or < alone"
        )
    return equations.at({left: right})
