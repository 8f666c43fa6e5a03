"""Hidden symmetries: a learned invertible change of coordinates in which a vector field or a metric shows its symmetry.

The symmetry is a set of differential equations (`asymmetry`), whose violation is minimised over z' = z + network(z):
arXiv 2109.09721 section II. Asymmetry and invertibility (det dz'/dz keeps its sign) are measured on held-out points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import jacfwd, vmap

from ...artifacts.formulas.formula_source import numpy_function, torch_function
from ...artifacts.laws.coordinate_change import CoordinateChange
from ...core.claim import Claim, Measured, Tested
from ...core.context import Context
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...run.threads import one_thread
from ...subjects.equations.dynamics import Dynamics
from ...subjects.equations.metric import Metric
from .asymmetry import SYMMETRIES, Map, field_asymmetry, metric_asymmetry, torch_map
from .settings import COORDINATES


@dataclass(frozen=True)
class HiddenSymmetries(Method[Dynamics | Metric, CoordinateChange]):
    """New coordinates in which equations of motion, or a metric, have a symmetry that the old ones hide.

    `symmetry` is "translation" (along the coordinates `along`, of the components in `block`; all where not given),
    "rotation" of the first two coordinates, "hamiltonian" (positions, then momenta), or "separable" (`block` against
    the rest). Only the coordinates in `moves` change (all where not given). Points are drawn from the box `low` to
    `high` (one number for each coordinate, or one for all), those kept where everything is defined.

    >>> growth = Dynamics.parse("x' = exp(-x)")
    >>> finding = HiddenSymmetries(steps=5, polish=0, points=32, width=8).explain(growth)
    >>> finding.artifact.describe()
    'new x as a network of x, in which f is the same along x'
    """

    symmetry: str = "translation"
    along: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    low: tuple[float, ...] = (-1.0,)
    high: tuple[float, ...] = (1.0,)
    width: int = 24
    points: int = 256
    steps: int = 300
    polish: int = 100
    learning_rate: float = 0.01
    held_out: int = 512
    """Points for choosing among networks, and as many others for the claims."""

    def _find(self, subject: Dynamics | Metric, context: Context) -> Found[CoordinateChange]:
        """The coordinates; raises ValueError for names that are no coordinates, and boxes without regular points."""
        names = subject.coordinates if isinstance(subject, Metric) else subject.variables
        self._check(subject, names)
        generator = np.random.default_rng(context.seed)
        loss, draw = self._loss(subject, names), self._source(subject, names, generator)
        held = draw(self.held_out)
        with one_thread():
            network = _Network(draw(self.held_out), self.width, self._places(self.moves, names), generator)
            self._train(network, loss, draw, context.reporter)
            artifact = CoordinateChange(names, network.weights(), self._words(subject, names))
            claims = _claims(artifact, loss, network, held)
        return Found(artifact, claims)

    def _check(self, subject: Dynamics | Metric, names: tuple[str, ...]) -> None:
        """Raises ValueError for fields that do not fit the subject or each other."""
        if self.symmetry not in SYMMETRIES:
            raise ValueError(f"symmetry={self.symmetry!r} is unknown; use one of {', '.join(SYMMETRIES)}")
        if isinstance(subject, Metric) and self.symmetry != "translation":
            raise ValueError(f"symmetry={self.symmetry!r} is for equations of motion; a metric has 'translation'")
        if isinstance(subject, Dynamics) and subject.parameters:
            raise ValueError(f"parameters {list(subject.parameters)} have no values; give them with Dynamics.at")
        self._check_coordinates(names)
        for field in ("low", "high"):
            if len(getattr(self, field)) not in (1, len(names)):
                raise ValueError(f"{field} has {len(getattr(self, field))} numbers; give 1 or {len(names)}")

    def _check_coordinates(self, names: tuple[str, ...]) -> None:
        for field in ("along", "block", "moves"):
            unknown = sorted(set(getattr(self, field)) - set(names))
            if unknown:
                raise ValueError(f"{field} names {unknown}, which are no coordinates; those are {list(names)}")
        if (self.symmetry == "hamiltonian" and len(names) % 2) or (self.symmetry == "rotation" and len(names) < 2):
            raise ValueError(f"symmetry={self.symmetry!r} needs more coordinates than {list(names)}")
        if self.symmetry == "separable" and not 0 < len(set(self.block)) < len(names):
            raise ValueError("symmetry='separable' needs a block; name some of the coordinates, not all")

    def _places(self, chosen: tuple[str, ...], names: tuple[str, ...]) -> list[int]:
        return [i for i, name in enumerate(names) if not chosen or name in chosen]

    def _loss(self, subject: Dynamics | Metric, names: tuple[str, ...]) -> Callable[[Map, Tensor], Tensor]:
        along, block = self._places(self.along, names), self._places(self.block, names)
        if isinstance(subject, Metric):
            rows = [torch_map([torch_function(e, names) for e in row]) for row in subject.expressions()]
            return lambda change, points: metric_asymmetry(
                lambda z: torch.stack([row(z) for row in rows]), change, points, along, block
            )
        field = torch_map([torch_function(e, names) for e in subject.expressions()])
        return lambda change, points: field_asymmetry(field, change, points, self.symmetry, along, block)

    def _source(
        self, subject: Dynamics | Metric, names: tuple[str, ...], generator: np.random.Generator
    ) -> Callable[[int], Tensor]:
        """Draws points of the box where every component is a number, (count, size)."""
        rows = subject.expressions() if isinstance(subject, Metric) else (subject.expressions(),)
        functions = [numpy_function(e, names) for row in rows for e in row]

        def draw(count: int) -> Tensor:
            found: list[NDArray[np.float64]] = []
            for _ in range(COORDINATES.tries):
                points = generator.uniform(self.low, self.high, (count, len(names)))
                with np.errstate(all="ignore"):
                    values = [np.broadcast_to(f(*points.T), count) for f in functions]
                found += list(points[np.isfinite(values).all(0)])
                if len(found) >= count:
                    return torch.from_numpy(np.array(found[:count]))
            raise ValueError(
                f"the box {self.low} to {self.high} has hardly a point where all is defined; choose another"
            )

        return draw

    def _train(self, network: _Network, loss: Any, draw: Callable[[int], Tensor], reporter: Reporter) -> None:
        """Adam on new points at every step, then L-BFGS on points that are new every few steps: none is learned."""

        def asymmetry(points: Tensor) -> Tensor:
            determinant = torch.linalg.det(vmap(jacfwd(network.change))(points))
            return loss(network.change, points) + (torch.relu(COORDINATES.barrier - determinant) ** 2).mean()

        adam = torch.optim.Adam(network.parameters, lr=self.learning_rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, max(self.steps, 1))
        reporter.start("coordinates", self.steps + self.polish)
        for step in range(self.steps):
            adam.zero_grad()
            value = asymmetry(draw(max(2, self.points // 2)))
            value.backward()
            adam.step()
            schedule.step()
            if step % COORDINATES.polished == 0:
                reporter.advance(COORDINATES.polished, f"asymmetry {float(value.detach()):.2e}")
        check, best = draw(self.held_out), _Best(network)
        best.keep(asymmetry, check)
        for _ in range(self.polish // COORDINATES.polished):
            _polish(network, asymmetry, draw(self.points))
            best.keep(asymmetry, check)
            reporter.advance(COORDINATES.polished, f"asymmetry {best.value:.2e}")
        best.restore()
        reporter.finish()

    def _words(self, subject: Dynamics | Metric, names: tuple[str, ...]) -> str:
        along, block = self.along or names, self.block or names
        if self.symmetry == "rotation":
            return f"f turns with {names[0]}, {names[1]}"
        if self.symmetry == "hamiltonian":
            return "f is Hamiltonian"
        if self.symmetry == "separable":
            return f"{', '.join(block)} and the rest move independently"
        what = "the metric" if isinstance(subject, Metric) else "f"
        part = "" if set(block) == set(names) else f" of {', '.join(block)}"
        return f"{what}{part} is the same along {', '.join(along)}"


class _Network:
    """z + W3 tanh(W2 tanh(W1 (z - centre) / scale + b1) + b2) + b3, its last layer near 0 at the start."""

    def __init__(self, points: Tensor, width: int, moved: list[int], generator: np.random.Generator) -> None:
        size = points.shape[1]
        self.centre, self.scale = points.mean(0), points.std(0)
        self.mask = torch.zeros(size, dtype=torch.float64)
        self.mask[moved] = 1.0

        def normal(*shape: int, factor: float = 1.0) -> Tensor:
            return torch.from_numpy(generator.normal(size=shape) * factor).requires_grad_()

        self.parameters = [
            normal(width, size, factor=size**-0.5), normal(width, factor=0.5),
            normal(width, width, factor=width**-0.5), normal(width, factor=0.5),
            normal(size, width, factor=COORDINATES.start * width**-0.5),
            torch.zeros(size, dtype=torch.float64, requires_grad=True),
        ]  # fmt: skip

    def change(self, z: Tensor) -> Tensor:
        """The new coordinates of one point (size,)."""
        w1, b1, w2, b2, w3, b3 = self.parameters
        hidden = torch.tanh(w2 @ torch.tanh(w1 @ ((z - self.centre) / self.scale) + b1) + b2)
        return z + self.mask * (w3 @ hidden + b3)

    def weights(self) -> dict[str, NDArray[np.float64]]:
        """As `CoordinateChange` wants them, the scaling of the inputs in the first layer."""
        w1, b1, w2, b2, w3, b3 = (p.detach() for p in self.parameters)
        first = w1 / self.scale
        tensors = {"W1": first, "b1": b1 - first @ self.centre, "W2": w2, "b2": b2,
                   "W3": self.mask[:, None] * w3, "b3": self.mask * b3}  # fmt: skip
        return {name: tensor.numpy() for name, tensor in tensors.items()}


class _Best:
    """The parameters that did best on points set aside for choosing; those of the claims are others."""

    def __init__(self, network: _Network) -> None:
        self.network, self.value = network, float("inf")
        self.parameters = [p.detach().clone() for p in network.parameters]

    def keep(self, asymmetry: Callable[[Tensor], Tensor], points: Tensor) -> None:
        """Remember the parameters where they are the best so far; else go back to the best."""
        with torch.no_grad():
            value = float(asymmetry(points))
        if value < self.value:
            self.value, self.parameters = value, [p.detach().clone() for p in self.network.parameters]
        else:
            self.restore()

    def restore(self) -> None:
        for p, best in zip(self.network.parameters, self.parameters, strict=True):
            p.data.copy_(best)


def _polish(network: _Network, asymmetry: Callable[[Tensor], Tensor], points: Tensor) -> None:
    """A few steps of L-BFGS on these points."""
    descent = torch.optim.LBFGS(
        network.parameters,
        max_iter=COORDINATES.polished,
        history_size=COORDINATES.polished,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        descent.zero_grad()
        value = asymmetry(points)
        value.backward()
        return value

    descent.step(closure)  # type: ignore[arg-type]


def _claims(artifact: CoordinateChange, loss: Any, network: _Network, held: Tensor) -> tuple[Claim, ...]:
    """Asymmetry on held-out points, before and after; and whether the change can be undone there."""
    with torch.no_grad():
        after, before = float(loss(network.change, held)), float(loss(lambda z: z + 0, held))
    points = held.numpy()
    determinants = np.linalg.det(artifact.jacobian(points))
    back = artifact.inverse(artifact(points))
    failed = int((~(np.abs(back - points).max(-1) < COORDINATES.undone)).sum())
    return (
        Measured("asymmetry in the new coordinates, on held-out points", after, "(squared, relative)", before),
        Measured("the smallest determinant dz'/dz on held-out points", float(determinants.min()), ""),
        Tested("the change of coordinates is undone by its inverse", len(points), failed),
    )
