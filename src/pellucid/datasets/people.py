"""People with the years they died in: a list of our own, or WordNet's 2,600 (Debian package wordnet-base)."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import numpy as np

from ..subjects.models.labelled.labelled_texts import LabelledTexts
from .places import draw
from .text_sets import TEXT_SETS, TextSet

__all__ = ["people", "people_texts"]


def people(wordnet: Path | str | None = None) -> tuple[tuple[str, int, int], ...]:
    """(name, year of birth, year of death) of people with two names or more.

    From the file `wordnet` (data.noun); where none is given, from the one that Debian installs, else our own list.
    Raises ValueError for a file without people.
    """
    installed = Path("/usr/share/wordnet/data.noun")
    if wordnet is not None or installed.is_file():
        return _people_of_wordnet(Path(wordnet or installed))
    lines = (files("pellucid.datasets") / "people.csv").read_text(encoding="utf-8").splitlines()[1:]
    return tuple((name, int(born), int(died)) for name, born, died in (line.split(",") for line in lines))


def _people_of_wordnet(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Nouns of the kind "person" whose gloss ends with two years, under their longest name."""
    person = re.compile(r"^\d+ 18 n [0-9a-f]{2} (.*?) \d{3} .*\| .*?\((?:born [^()]*?)?(\d{3,4})-(\d{3,4})\)")
    found = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        match = person.match(line)
        if match is None:
            continue
        name = max(match[1].split()[::2], key=len).replace("_", " ")
        born, died = int(match[2]), int(match[3])
        if " " in name and name.isascii() and born < died <= born + 120:
            found[name] = (name, born, died)
    if not found:
        raise ValueError(f"wordnet={str(path)!r} holds no people; give WordNet's data.noun")
    return tuple(found.values())


def people_texts(
    count: int = 1500, seed: int = 0, wordnet: Path | str | None = None, earliest: int = 1000
) -> LabelledTexts:
    """Names of people alone, with the year of death; grouped by last name, so that no family is on both sides.

    Gurnee and Tegmark, arXiv 2310.02207, section 2.
    """
    known = [one for one in people(wordnet) if one[2] >= earliest]
    chosen = draw(known, count, np.random.default_rng(seed))
    groups = tuple(name.split()[-1] for name, _, _ in chosen)
    y = np.array([died for _, _, died in chosen], dtype=float)
    return LabelledTexts(tuple(name for name, _, _ in chosen), y, ("death year",), groups, title="people")


TEXT_SETS.register("people", TextSet("names of people, with year of death", people_texts))
