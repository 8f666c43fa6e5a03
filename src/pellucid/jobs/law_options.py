"""What can be asked of laws, for which kinds of equations, and the method that finds them so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ..discover import Densities, Invariants, MapInvariants, Multipliers
from ..subjects.equations.discrete_map import DiscreteMap
from ..subjects.equations.dynamics import Dynamics
from ..subjects.equations.evolution import Evolution
from ..subjects.equations.field_equations import FieldEquations
from ..subjects.equations.field_grid import FieldGrid
from ..subjects.equations.trajectories import Trajectories
from ..subjects.reactions.reaction_network import ReactionNetwork
from .subjects.equations import Equations, NamedEquations


@dataclass(frozen=True)
class LawOptions:
    """What was asked for; None and () where the equations' name, or the method, says it."""

    named: NamedEquations
    degree: int | None
    order: int | None
    basis: tuple[str, ...]
    explicit: bool
    terms: tuple[str, ...]
    known: tuple[str, ...]
    signs: tuple[str, ...]
    ensembles: int
    special: int | None

    def method(self, equations: Equations) -> Any:
        """What finds the laws of such equations."""
        named = self.named
        degree = named.degree if self.degree is None else self.degree
        order = named.order if self.order is None else self.order
        match equations:
            case Evolution():
                return Densities(order, degree)
            case FieldEquations():
                return self._multipliers()
            case DiscreteMap():
                return MapInvariants(degree, self.basis)
            case ReactionNetwork():
                from ..discover import ReactionLaws

                return ReactionLaws() if self.degree is None else ReactionLaws(self.degree)
            case FieldGrid():
                from ..discover import FieldLaws

                return FieldLaws(order, degree, name=named.name)
            case Trajectories():
                from ..discover.trajectory_laws import TrajectoryLaws
                from ..distill import Algebraic

                return TrajectoryLaws(degree, self.basis, Algebraic(thorough=False), name=named.name, terms=self.terms,
                                      known=self.known, signs=self.signs, ensembles=self.ensembles)  # fmt: skip
            case _:
                return Invariants(degree, self.basis or named.basis)

    def _multipliers(self) -> Multipliers:
        """With the method's own order and degree where none was asked for."""
        chosen = {"order": self.order, "degree": self.degree}
        return Multipliers(**{name: n for name, n in chosen.items() if n is not None}, explicit=self.explicit)

    def refuse_misplaced(self, equations: Equations) -> None:
        """Raises ValueError for an option of the other kind of equations."""
        for place in _PLACES:
            misplaced = [name for name in place.options if self._asks_for(name)]
            if misplaced and not isinstance(equations, place.kinds):
                raise ValueError(place.trouble.format(misplaced[0]))

    def _asks_for(self, option: str) -> bool:
        """No conditions and no ensembles ask for nothing; the order 0 is one."""
        return self.order is not None if option == "order" else bool(getattr(self, option))


class _Place(NamedTuple):
    """Options, the kinds of equations that they are for, and what is said of them beside others."""

    options: tuple[str, ...]
    kinds: tuple[type[Any], ...]
    trouble: str


_MOTION, _WRITTEN_FIELDS = (Dynamics, DiscreteMap, Trajectories), (Evolution, FieldEquations)
_PLACES = (
    _Place(
        ("basis", "order", "explicit", "terms", "known", "signs", "ensembles", "special"),
        (*_MOTION, *_WRITTEN_FIELDS, FieldGrid),
        "{} is not for reactions, whose rates and amounts are all there is; leave it out",
    ),
    _Place(
        ("basis",), _MOTION, "basis is for equations of motion; densities are polynomials in fields and derivatives"
    ),
    _Place(
        ("explicit",),
        (*_MOTION, *_WRITTEN_FIELDS),
        "explicit is for field equations u_t = ... that are written; leave it out for a field",
    ),
    _Place(("order",), (*_WRITTEN_FIELDS, FieldGrid), "order is for field equations u_t = ...; leave it out"),
    _Place(
        ("explicit",),
        (*_WRITTEN_FIELDS, FieldGrid),
        "explicit is for field equations u_t = ...; write t into the equations, or t' = 1 beside them",
    ),
    _Place(
        ("terms", "known", "signs", "ensembles"),
        (Trajectories,),
        "terms, known equations, signs and ensembles are for trajectories, whose equations are found; leave them out",
    ),
    _Place(
        ("special",),
        (Dynamics, Evolution),
        "special is for the parameters of equations x' = ... and u_t = F(u, u_x, ...); leave it out",
    ),
)
