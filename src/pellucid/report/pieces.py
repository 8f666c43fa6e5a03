"""What the page of a finding is put together from; each family of artifacts registers its own pieces in its file.

For a type that has registered none, the page says what the artifact says of itself, and shows its drawing where it has
one. To give a new artifact a section, a caption or a better sentence, register it in a file of this room: nothing else
names it.

    @summary_of.register(Spectrum)
    def spectrum_summary(found: Spectrum, finding: Finding[Any]) -> str:
        return f"{len(found.lines)} lines stand out of the noise."
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from markupsafe import Markup

from ..core import Artifact, Finding, by_type

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "Drawing",
    "Section",
    "drawings",
    "facts_of",
    "links",
    "part_sections",
    "remarks",
    "sections",
    "shows",
    "summary_of",
    "title_of",
]

Caption = Callable[[Any, Finding[Any]], str]
CaptionT = TypeVar("CaptionT", bound=Caption)


@dataclass(frozen=True)
class Drawing:
    """A drawing for the page."""

    heading: str
    caption: str
    figure: Figure
    place: int = 50
    """Smaller ones come first; those of one place are in the order of the finding."""
    label: str = ""
    """What it shows, for those who cannot see it; the caption by default."""


@dataclass(frozen=True)
class Section:
    """A section that a part of the finding has on the page."""

    html: Markup
    after_drawings: bool = False


@by_type("pellucid.report")
def title_of(found: Artifact, finding: Finding[Any]) -> str:
    """What the page is called: the name of what was found, or of what it was found in."""
    return name_of(found, finding)


def name_of(found: Artifact, finding: Finding[Any], otherwise: str = "") -> str:
    """The artifact's own name or title, else `otherwise`, else the table that it comes from, else its kind.

    >>> from pellucid.artifacts import TrainingCurve
    >>> from pellucid.core import Provenance
    >>> curve = TrainingCurve([0], [1.0], [0.5])
    >>> name_of(curve, Finding(curve, (), Provenance("Training", {"table": "two_bodies"}, 0, "")))
    'two bodies'
    """
    own = getattr(found, "name", "") or getattr(found, "title", "")
    return (own or otherwise or finding.provenance.settings.get("table") or found.kind).replace("_", " ")


@by_type("pellucid.report")
def summary_of(found: Artifact, finding: Finding[Any]) -> str:
    """What was opened and what was found, in a sentence or two."""
    return f"{found.describe()}."


@by_type("pellucid.report")
def remarks(found: Artifact, finding: Finding[Any]) -> list[str]:
    """What is to be known before anything else, below the summary."""
    return []


@by_type("pellucid.report")
def sections(found: Artifact, finding: Finding[Any]) -> list[Markup]:
    """The sections of what was found, above the claims."""
    return []


@by_type("pellucid.report")
def part_sections(part: Artifact, finding: Finding[Any]) -> list[Section]:
    """The sections of each artifact of the finding, parts as well as what was found."""
    return []


@by_type("pellucid.report")
def links(part: Artifact, finding: Finding[Any]) -> list[tuple[str, str]]:
    """Other pages in the finding's folder: address and words."""
    return []


@by_type("pellucid.report")
def facts_of(part: Artifact, finding: Finding[Any]) -> list[tuple[str, str]]:
    """What of a part belongs among the facts on where the finding comes from."""
    return []


@by_type("pellucid.report")
def drawings(part: Artifact, finding: Finding[Any]) -> list[Drawing]:
    """The drawings of a part with their captions; of an artifact that has only a drawing, that one."""
    from ..plot import draw, has_drawing

    if not has_drawing(part):
        return []
    return [
        Drawing(_in_words(part.kind), described(part, finding), draw(part, finding.artifact), label=part.describe())
    ]


def shows(kind: type[Artifact], heading: str, place: int = 50) -> Callable[[CaptionT], CaptionT]:
    """A decorator: artifacts of the type `kind` are drawn under `heading`, captioned by the function below it."""

    def register(caption: CaptionT) -> CaptionT:
        @drawings.register(kind)
        def case(part: Artifact, finding: Finding[Any]) -> list[Drawing]:
            from ..plot import draw

            figure = draw(part, finding.artifact)
            return [Drawing(heading, caption(part, finding), figure, place, part.describe())]

        return caption

    return register


def described(part: Artifact, finding: Finding[Any]) -> str:
    """The caption that an artifact gives itself."""
    return f"{part.describe()}."


def parts_of(finding: Finding[Any], kind: type[Artifact]) -> Iterator[Any]:
    """The finding's parts of one type, in order.

    >>> from pellucid.artifacts import TrainingCurve
    >>> from pellucid.core import Provenance
    >>> curve = TrainingCurve([0], [1.0], [0.5])
    >>> finding = Finding(curve, (), Provenance("Training", {}, 0, ""), {"before": curve})
    >>> [part.kind for part in parts_of(finding, TrainingCurve)]
    ['training-curve']
    """
    return (part for part in finding.parts.values() if isinstance(part, kind))


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "law"), counted(1200, "law"), counted(2, "symmetry", "symmetries")
    ('1 law', '1,200 laws', '2 symmetries')
    """
    return f"{number} {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"


def _in_words(kind: str) -> str:
    return kind.replace("_", " ").replace("-", " ").capitalize()
