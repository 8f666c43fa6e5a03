"""Figures in README and docs/ stand in the papers files that their sections link to: a reader can look them up.

A section is what stands below a heading. Where it links to `papers/NAME.toml`, every number in its tables, and every
"N of M" in a paragraph with such a link, has to be a number of those files: a value, rounded as it stands, part of a
text or a key, or how many of their rows are of a kind; not a value of a single row. What is not there yet stands in
MISSING with the reason, and may not stay in it once it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SECTIONS = ("Formulas", "The benchmark of AI Feynman")
"""Headings whose figures are looked up; others join as their papers hold what they say."""
MISSING = {
    "The benchmark of AI Feynman: 1.0": "median CPU seconds of the 100: the file has one median, 1.3, for all 120",
    "The benchmark of AI Feynman: 10.8": "median CPU seconds of the bonus equations: likewise",
}
"""Figures, as "heading: figure", that stand in no papers file, each with the reason."""
NUMBER = re.compile(r"(?<![\w.^])\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?(?![\w^]|\.\d)")


def sections(text: str) -> dict[str, str]:
    """What stands below each heading, up to the next."""
    parts = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def figures(section: str) -> Iterator[str]:
    """The numbers of a section's tables, and of "N of M" in its paragraphs with a link to a papers file."""
    for line in section.splitlines():
        if line.startswith("|") and not set(line) <= set("|-: "):
            for cell in line.strip("|").split("|"):
                yield from NUMBER.findall(re.sub(r"`[^`]*`|\[[^\]]*\]\([^)]*\)", "", cell))
    for paragraph in re.split(r"\n\s*\n", section):
        if "papers/" in paragraph and not paragraph.lstrip().startswith("|"):
            for pair in re.findall(r"\b(\d+) of (?:the )?(\d+)\b", paragraph):
                yield from pair


def linked(section: str) -> list[str]:
    """The papers files that a section links to."""
    return sorted(set(re.findall(r"papers/(\w+\.toml)", section)))


@cache
def known(name: str) -> tuple[frozenset[float], str]:
    """Every number of a papers file, how many rows of each kind it has, and its texts."""
    numbers: set[float] = set()
    texts: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            texts.extend(value)
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            numbers.add(float(len(value)))
            for each in value:
                walk(each)
        elif isinstance(value, bool):
            return
        elif isinstance(value, int | float):
            numbers.add(float(value))
        else:
            texts.append(str(value))

    data = tomllib.loads((ROOT / "papers" / name).read_text())
    rows = data.pop("row", [])  # of single rows only how many there are: else any small number would be found
    data.pop("run", None)  # nor the numbers of the runs
    walk(data)
    numbers |= {float(number) for number in counts(rows)}
    return frozenset(numbers), "\n".join(texts)


def counts(rows: list[dict[str, Any]]) -> Iterator[int]:
    """How many rows say yes to each question, of all and of each kind: by noise, engine, family, half or group."""
    kinds = ("noise", "engine", "family", "half", "group")
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(kind) for kind in kinds if kind != "family"), []).append(row)
        groups.setdefault(tuple(row.get(kind) for kind in kinds), []).append(row)
    for group in [rows, *groups.values()]:
        yield len(group)
        for question in {key for row in group for key, value in row.items() if isinstance(value, bool)}:
            yield sum(row.get(question) is True for row in group)


def stands_in(figure: str, names: list[str]) -> bool:
    """Whether a number, to the digits that it is written with, is one of these files'."""
    value, decimals = float(figure.replace(",", "")), len(figure.partition(".")[2].partition("e")[0])
    for name in names:
        numbers, texts = known(name)
        if any(abs(round(number, decimals) - value) < 1e-9 * max(1.0, abs(value)) for number in numbers):
            return True
        if value in {float(each.replace(",", "")) for each in NUMBER.findall(texts)}:
            return True
        significant = len(figure.partition("e")[0].replace(".", "").lstrip("0"))
        if "e" in figure and any(
            f"{number:.{significant - 1}e}" == f"{value:.{significant - 1}e}" for number in numbers
        ):
            return True
    return False


@pytest.mark.parametrize("heading", SECTIONS)
def test_figures_stand_in_the_papers_files_that_are_linked(heading):
    texts = [path.read_text() for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))]
    section = next(found[heading] for found in map(sections, texts) if heading in found)
    names = linked(section)
    assert names, f"{heading}: link the papers file that holds its figures"
    gone = [figure for figure in dict.fromkeys(figures(section)) if not stands_in(figure, names)]
    told = {key.partition(": ")[2] for key in MISSING if key.partition(": ")[0] == heading}
    assert set(gone) - told == set(), f"{heading}: in none of {names}"
    assert told - set(gone) == set(), f"{heading}: these can be looked up now; take them out of MISSING"


def test_what_is_not_there_is_seen():
    table = (
        "| noise | exact |\n|---|---|\n| 0.01 | 33 of 33, `x12` |\n\nSee [it](papers/a.toml): 24 of 30, not 5 of it."
    )
    assert list(figures(table)) == ["0.01", "33", "33", "24", "30"]
    assert linked(table) == ["a.toml"]
    assert not stands_in("98.76543", ["ai_feynman.toml"])
    assert stands_in("1,000", ["ai_feynman.toml"])  # its rows
