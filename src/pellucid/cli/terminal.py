"""A finding on the terminal: aligned, coloured where someone looks, plain text where another program reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from ..core import Claim, Finding

_NEAR = 3
"""How many formulas of the front are shown on each side of the chosen one."""
_LONGEST = 70
_LONGEST_STATEMENT = 150
_FEATURES = 8
"""How many features are shown."""
_FIRST = ("program.py", "formula.py", "formula.tex", "invariants.py", "densities.py", "features.html", "report.html")
COLOURS = {"Proved": "green", "Exhausted": "blue", "Tested": "magenta", "Refuted": "bold red", "Undecided": "yellow"}


def show_finding(finding: Finding[Any], folder: Path) -> None:
    """The network, the automaton, the program or the formula, the claims, and the files that hold them."""
    console = _console()
    facts = [(part.kind, part.describe()) for part in finding.parts.values() if part.kind in ("network", "automaton")]
    facts += _words(finding.artifact)
    if facts:
        _print(console, _table((_text(name, "bold"), line) for name, line in facts))
        console.print()
    if finding.artifact.kind == "program":
        console.print(_highlighted(finding.artifact.to_python().rstrip(), console), soft_wrap=True)
        console.print()
    if finding.artifact.kind == "formula":
        _show_formula(finding, console)
    if finding.artifact.kind in ("invariants", "densities"):
        _show_laws(finding, console)
    if finding.artifact.kind in ("symmetries", "integrable_families"):
        _show_symmetries(finding.artifact, console)
    if finding.artifact.kind in ("dictionary", "effects", "direction", "linear_readout"):
        _show_look(finding, console)
    _print(console, _claims_table(finding.claims, console.width))
    console.print()
    _print(console, _files_table(folder))


def _show_look(finding: Finding[Any], console: Console) -> None:
    """What was found in a sentence, what it was found in, and the layer map as a table."""
    from ..report.pieces import summary_of

    console.print(_text(summary_of(finding.artifact, finding), "bold green", wrap=True), soft_wrap=True)
    console.print()
    for note in finding.provenance.settings.get("notes", ()):
        console.print(_text(note, "dim", wrap=True), soft_wrap=True)
    console.print()
    if "atlas" in finding.parts:
        _print(console, _features_table(finding.parts["atlas"]))
        console.print()
    effects = finding.artifact
    if effects.kind != "effects":
        return
    shown = [name for name in ("KL, deleted", "top-1 kept, deleted", "KL, swapped") if name in effects.measures]
    stages = effects.groups or ("",) * len(effects.parts)
    rows = [tuple(_text(word, "dim") for word in ("layer", "stage", *shown))]
    for i, stage in enumerate(stages):
        values = (effects.values[i][effects.measures.index(name)] for name in shown)
        cells = ("" if value is None else f"{value:.3f}" for value in values)
        rows.append((_text(str(i), ""), _text("" if i and stages[i - 1] == stage else stage, ""), *cells))
    _print(console, _table(rows))
    console.print()


def _features_table(atlas: Any) -> Any:
    """The features that cost most loss when they are taken away: how often they fire, where, and what they promote."""
    import numpy as np

    known = np.isfinite(atlas.ablation_estimate)
    rows = [tuple(_text(word, "dim") for word in ("feature", "fires at", "cost", "where it fires most", "promotes"))]
    for feature in atlas.by_effect()[:_FEATURES].tolist():
        places = [atlas.example(feature, number) for number in range(atlas.example_rows.shape[1] - atlas.spread)]
        peaks = [max(place, key=lambda word: word[1])[0].strip() for place in places if place]
        cells = (_quoted(dict.fromkeys(peaks)), _quoted(word.strip() for word in atlas.words(feature)[:4]))
        cost = f"{atlas.ablation_estimate[feature]:.2f} nats" if known[feature] else ""
        rows.append((str(feature), f"{100 * atlas.density[feature]:.1f} %", cost, *cells))
    return _table(rows)


def _quoted(words: Iterable[str]) -> Any:
    return _text(_cut(" ".join(repr(word) if not word.isprintable() or not word else word for word in words)), "")


def _show_laws(finding: Finding[Any], console: Console) -> None:
    """The equations, each law on a line of its own, and what the counts mean."""
    from ..artifacts import SpecialCases
    from ..artifacts.laws.law_text import case_lines, counts, equation_lines, law_lines

    plain = _plain(console)
    for line in equation_lines(finding.artifact, plain=plain):
        console.print(_text(line, "dim", wrap=True), soft_wrap=True)
    console.print()
    for line in law_lines(finding.artifact, plain=plain):
        console.print(_text(line, "bold green", wrap=True), soft_wrap=True)
    console.print()
    for line in counts(finding.artifact, plain=plain):
        console.print(_text(line, "", wrap=True), soft_wrap=True)
    console.print()
    for part in finding.parts.values():
        if isinstance(part, SpecialCases):
            for line in case_lines(part, plain=plain):
                console.print(_text(line, "", wrap=True), soft_wrap=True)
            console.print()


def _show_symmetries(found: Any, console: Console) -> None:
    """The equations, the generators, and their algebra; or families with their densities."""
    from ..artifacts.laws.symmetry_text import algebra_lines, equation_lines_of, family_lines, generator_lines

    plain = _plain(console)
    if found.kind == "integrable_families":
        parts = [family_lines(found, plain=plain)]
    else:
        parts = [equation_lines_of(found, plain=plain), generator_lines(found, plain=plain)]
        parts.append(algebra_lines(found, plain=plain))
    for lines, style in zip(parts, ("dim", "bold green", "") if len(parts) > 1 else ("",), strict=True):
        for line in lines:
            console.print(_text(line, style, wrap=True), soft_wrap=True)
        console.print()


def _plain(console: Console) -> bool:
    """Whether only letters that any terminal has are to be written."""
    return not console.is_terminal or console.encoding.lower() not in ("utf-8", "utf8")


def _show_formula(finding: Finding[Any], console: Console) -> None:
    """The formula on one line, what was left out of its table, and the front with the chosen formula marked."""
    from ..artifacts.formulas.readable import readable

    plain = _plain(console)
    console.print(_text(readable(finding.artifact, plain=plain), "bold green", wrap=True), soft_wrap=True)
    console.print()
    for note in finding.provenance.settings.get("notes", ()):
        console.print(_text(note, "dim", wrap=True), soft_wrap=True)
    front = finding.parts.get("front")
    if front is not None and len(front.formulas) > 1:  # type: ignore[attr-defined]
        _print(console, _front_table(front, plain))
        console.print()


def _front_table(front: Any, plain: bool) -> Any:
    """Bits, error and formula, from short to exact, near the chosen one, which a star marks."""
    from ..artifacts.formulas.readable import readable

    count = len(front.formulas)
    near = {0, count - 1, *range(max(0, front.chosen - _NEAR), front.chosen + _NEAR + 1)}
    rows: list[tuple[Any, ...]] = [tuple(_text(word, "dim") for word in ("", "bits", "error", "formula"))]
    for i in sorted(number for number in near if number < count):
        style = "bold green" if i == front.chosen else ""
        words = ("*" if style else "", f"{front.bits[i]:.0f}", f"{front.errors[i]:.2g}")
        rows.append(
            (*(_text(word, style) for word in words), _text(_cut(readable(front.formulas[i], plain=plain)), style))
        )
    return _table(rows)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _middle_cut(text: str) -> str:
    """A statement without its middle, where that is very long; the report and finding.json hold all of it."""
    if len(text) <= _LONGEST_STATEMENT:
        return text
    first, last = text[: _LONGEST_STATEMENT // 2], text[-_LONGEST_STATEMENT // 3 :]
    return f"{first.rpartition(' ')[0] or first} ... {last.partition(' ')[2] or last}"


def show_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Names, each with its one line."""
    _print(_console(), _table((_text(name, "bold"), line) for name, line in pairs))


def show_checked(checked: Iterable[Any]) -> None:
    """What became of each file (`path`, `statement`, `status`, `detail`)."""
    marks = {"holds": ("holds", "green"), "unchecked": ("unchecked", "yellow"), "fails": ("FAILS", "bold red")}
    console = _console()
    rows = [(_text(*marks[one.status]), one.path, _middle_cut(one.statement), one.detail) for one in checked]
    _print(console, _fitting(rows, console.width))


def _words(artifact: Any) -> list[tuple[str, str]]:
    """What the numbers of a program stand for, where the data had words."""
    named = [(given.name, given.low, given.symbols) for given in getattr(artifact, "inputs", ())]
    named.append(("output", 0, getattr(artifact, "output_symbols", ())))
    return [
        (name, ", ".join(f"{low + i} is {word}" for i, word in enumerate(words))) for name, low, words in named if words
    ]


def _claims_table(claims: Sequence[Claim], width: int) -> Any:
    """Strength, statement and evidence; the domain of each claim is in the report and in finding.json."""
    styles = [COLOURS.get(claim.strength, "bold") for claim in claims]
    rows = [
        (_text(c.strength, style), _middle_cut(c.statement), c.evidence)
        for c, style in zip(claims, styles, strict=True)
    ]
    return _fitting(rows, width)


def _fitting(rows: Sequence[tuple[Any, ...]], width: int) -> Any:
    """A table; where it is wider than the terminal, all but the first column below each other."""
    from rich.text import Text

    columns = zip(*([len(cell) for cell in row] for row in rows), strict=True)
    if sum(max(column) + 2 for column in columns) <= width + 2:
        return _table(rows)
    return _table((row[0], Text("\n").join(_lines(row[1:]))) for row in rows)


def _lines(cells: Sequence[str]) -> list[Any]:
    """What is not empty, all but the first line dim."""
    return [_text(cell, "dim" if i else "", wrap=True) for i, cell in enumerate(cell for cell in cells if cell)]


def _files_table(folder: Path) -> Any:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    first = [name for name in _FIRST if name in names]
    rest = [name for name in names if name not in first]
    return _table([(_text(f"{folder}/", "bold"), "  ".join([*first, *rest]))])


def _highlighted(code: str, console: Console) -> Any:
    if not console.is_terminal:
        return code
    from rich.syntax import Syntax

    text = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(code)
    text.rstrip()  # the highlighter ends with a line of its own
    return text


def _console() -> Console:
    """Standard output; lines are not broken where no terminal shows them."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 2000
    return console


def _print(console: Console, table: Any) -> None:
    """A table; where no terminal shows it, without the spaces that fill its lines."""
    with nullcontext() if console.is_terminal else console.capture() as captured:
        console.print(table)
    if captured is not None:
        console.print("\n".join(line.rstrip() for line in captured.get().splitlines()), soft_wrap=True)


def _table(rows: Iterable[Sequence[Any]]) -> Any:
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*row)
    return table


def _text(text: str, style: str, *, wrap: bool = False) -> Any:
    from rich.text import Text

    return Text(text, style=style, no_wrap=not wrap)
