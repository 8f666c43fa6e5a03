"""The drawing of any artifact, by what its family registered for it, and drawings as files."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ..core import Artifact, by_type
from .style import PAPER

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DrawingT = TypeVar("DrawingT", bound=Callable[..., Any])


def draw(artifact: Artifact, found: Artifact | None = None) -> Figure:
    """The drawing of `artifact`; `found` is what it led to: a program that knows its symbols' names, a formula,
    the first of some invariants.

    Raises ValueError for a kind that has no drawing.

    >>> from pellucid.artifacts import TrainingCurve
    >>> figure = draw(TrainingCurve([0, 10], [1.0, 0.1], [0.5, 1.0]))
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['loss', 'accuracy']
    """
    return _drawn(artifact, found)


def draws(kind: type[Artifact], *, beside: type[Artifact] | None = None) -> Callable[[DrawingT], DrawingT]:
    """A decorator: the function below it draws artifacts of the type `kind`.

    Where `beside` is given, the function's second argument is what the artifact led to if that is of this type,
    else None.
    """

    def register(drawing: DrawingT) -> DrawingT:
        @_drawn.register(kind)
        def case(artifact: Artifact, found: Artifact | None) -> Figure:
            if beside is None:
                return drawing(artifact)
            return drawing(artifact, found if isinstance(found, beside) else None)

        return drawing

    return register


def has_drawing(artifact: Artifact) -> bool:
    """Whether `draw` can draw it.

    >>> from pellucid.artifacts import TrainingCurve
    >>> has_drawing(TrainingCurve([0], [1.0], [0.5]))
    True
    """
    return _drawn.covers(type(artifact))


@by_type("pellucid.plot")
def _drawn(artifact: Artifact, found: Artifact | None) -> Figure:
    kinds = ", ".join(sorted(kind.kind for kind in _drawn.types() if issubclass(kind, Artifact)))
    raise ValueError(f"no drawing for {artifact.kind!r}; there is one for each of {kinds}")


def to_svg(figure: Figure) -> str:
    """The drawing as SVG text without a background, the same text every time: no date, no random identifiers.

    >>> from pellucid.plot.style import new_figure
    >>> "<svg" in to_svg(new_figure(1, 1))
    True
    """
    from matplotlib import rc_context

    stream = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "pellucid"}):
        figure.savefig(
            stream,
            format="svg",
            transparent=True,
            dpi=160,
            bbox_inches="tight",
            pad_inches=0.05,
            metadata={"Date": None, "Creator": None},
        )
    return stream.getvalue()


def to_png(figure: Figure, dpi: int = 160) -> bytes:
    """The drawing on paper as a PNG picture.

    >>> from pellucid.plot.style import new_figure
    >>> to_png(new_figure(1, 1), dpi=20)[1:4]
    b'PNG'
    """
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=dpi, facecolor=PAPER, bbox_inches="tight", metadata={"Software": None})
    return stream.getvalue()
