"""Symmetries as flows: where each generator moves points, in the two coordinates that it moves most plainly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from ..artifacts import IntegrableFamilies, Symmetries
from ..artifacts.formulas.formula_source import numpy_function
from ..artifacts.laws.symmetry_text import raised
from .drawing import draws
from .style import FAINT, INK, ROOM, STATE_COLOURS, new_figure, quiet, shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(Symmetries)
def draw_symmetries(found: Symmetries, across: int = 3) -> Figure:
    """Streamlines of each generator, of the first nine, in rows of at most `across`.

    Coordinates that are not drawn, and parameters, are 1.
    """
    count = min(len(found.generators), ROOM.flows)
    across = min(max(count, 1), across)
    down = max(1, -(-count // across))
    figure = new_figure(3.2 * across, 3.0 * down)
    for i in range(count):
        axes = figure.add_subplot(down, across, i + 1)
        _draw_flow(axes, found, i)
    return figure


def _draw_flow(axes: Any, found: Symmetries, index: int, end: float = 1.5) -> None:
    """Where generator `index` moves points, from -`end` to `end` on both axes."""
    components = found.sympy()[index]
    first, second = _plane(components, found.coordinates)
    line = np.linspace(-end, end, 13)
    x, y = np.meshgrid(line, line)
    names = (*found.coordinates, *found.parameters)
    values: list[Any] = [np.ones_like(x)] * len(names)
    values[first], values[second] = x, y
    with np.errstate(all="ignore"):
        u, v = (np.broadcast_to(numpy_function(components[i], names)(*values), x.shape) for i in (first, second))
    u, v = np.nan_to_num(np.array(u, dtype=float)), np.nan_to_num(np.array(v, dtype=float))
    if np.hypot(u, v).max() > 0:
        axes.streamplot(line, line, u, v, density=0.5, color=STATE_COLOURS[index % 6], linewidth=1.1, arrowsize=0.9)
    axes.set(xlim=(-end, end), ylim=(-end, end), aspect="equal")
    axes.set(xlabel=found.coordinates[first], ylabel=found.coordinates[second])
    text = f"$X_{{{index + 1}}} = {found.latex()[index]}$"
    axes.set_title(text if len(text) <= 92 else f"$X_{{{index + 1}}}$", fontsize=9.5, color=INK)
    quiet(axes)


def _plane(components: tuple[sympy.Expr, ...], names: tuple[str, ...]) -> tuple[int, int]:
    """Coordinates that are moved, and those that say how fast, before those that stand still."""
    moved = [i for i, e in enumerate(components) if e != 0]
    named = {str(s) for e in components for s in e.free_symbols}
    others = [i for i, name in enumerate(names) if i not in moved]
    order = [*moved, *sorted(others, key=lambda i: names[i] not in named)]
    if len(moved) == 1 and len(order) > 1:
        return order[1], order[0]
    first, second = sorted(order[:2]) if len(order) > 1 else (order[0], order[0])
    return first, second


@draws(IntegrableFamilies)
def draw_families(found: IntegrableFamilies) -> Figure:
    """How many densities each family has; filled where the literature has a name for it, or for members of it."""
    families = found.families[: ROOM.families]
    figure = new_figure(7.6, 0.7 + 0.3 * max(len(families), 1))
    axes = figure.add_subplot()
    for place, family in enumerate(families):
        named = bool(family.name)
        axes.barh(
            -place,
            family.law.dimension,
            color=STATE_COLOURS[0] if named else "none",
            edgecolor=STATE_COLOURS[0] if named else FAINT,
            height=0.6,
        )
        axes.text(family.law.dimension + 0.06, -place, _in_print(family.name), va="center", fontsize=8.5, color=INK)
    axes.set_yticks([-i for i in range(len(families))], [_in_print(family.equation) for family in families])
    most = max((f.law.dimension for f in families), default=1)
    axes.set(xlabel="conserved densities", xlim=(0, 1.9 * most))
    axes.set_xticks(range(most + 1))
    quiet(axes)
    axes.tick_params(axis="y", length=0)
    return figure


def _in_print(text: str, longest: int = 46) -> str:
    """As it is printed, and no longer than there is room for; a list of names ends after a whole one."""
    text = raised(text)
    whole = text[:longest].rfind(", ")
    if len(text) > longest and text.startswith("contains ") and whole > 0:
        return f"{text[:whole]}, …"
    return shortened(text, longest)
