"""A dictionary in its place: what is evaluated, surveyed and adapted around."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from ...artifacts.features.dictionary import Dictionary
from ...core.subject import Subject
from ...subjects.models.activations import Vectors
from ...subjects.models.site import Site

__all__ = ["DictionaryAtSite"]


@dataclass(frozen=True, eq=False)
class DictionaryAtSite(Subject):
    """`dictionary` reads at `site`, and writes there too, or at the site's `target` (a transcoder).

    The site's inputs are what it is judged on: give tokens that it was not trained on. Activations alone do as well,
    for what needs no model. Raises ValueError for a site of another width than the dictionary's.
    """

    made_by: ClassVar[str] = "DictionaryAtSite(dictionary, site)"

    dictionary: Dictionary
    site: Site | Vectors
    known: Vectors | None = None
    """The site's activations, where these are at hand (a store), so that they are not computed again."""

    def __post_init__(self) -> None:
        if self.known is not None and int(self.known.width) != int(self.site.width):
            raise ValueError(f"known has width {self.known.width}, the site {self.site.width}; give the site's own")
        width = self.dictionary.width
        if int(self.site.width) != width:
            where = getattr(self.site, "path", "the activations")
            raise ValueError(
                f"site {where!r} has width {self.site.width}, the dictionary {width}; give the site that the "
                "dictionary was trained at"
            )

    @property
    def activations(self) -> Site | Vectors:
        """Where to read the activations."""
        return self.site if self.known is None else self.known

    @property
    def name(self) -> str:
        """What the dictionary reads, for people."""
        if not isinstance(self.site, Site):
            return str(getattr(self.site, "source", ""))
        return f"{', '.join(self.site.reads)} of {getattr(self.site.model, 'name', type(self.site.model).__name__)}"

    def fingerprint(self) -> str:
        """SHA-256 of the dictionary's files and of the site."""
        digest = hashlib.sha256(self.site.fingerprint().encode())
        for name, content in sorted(self.dictionary.files().items()):
            digest.update(name.encode() + content)
        return digest.hexdigest()
