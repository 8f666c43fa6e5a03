"""Labelled texts for the job `probe`: built-in sets and tables, and what is refused before a model is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...datasets.text_sets import TEXT_SETS
from ...look.probes.many_classes import refuse_rare
from ...subjects.models.labelled.labelled_text_files import SUFFIXES, read_labelled_texts
from ...subjects.models.labelled.labelled_texts import LabelledTexts
from ..probe_layer import LAYER_CHOICE


def list_texts() -> list[tuple[str, str]]:
    """The built-in sets of labelled texts, each with its one line."""
    return [(name, TEXT_SETS[name].line) for name in TEXT_SETS]


def find_texts(
    text: str, *, label: str | None = None, target: Sequence[str] = (), column: str | None = None,
    group: str | None = None, classes: int | None = None, count: int = 400, seed: int = 0,
) -> LabelledTexts:  # fmt: skip
    """A built-in set of that name, or a .csv with a column of texts and a `label` or `target` columns.

    Raises ValueError, also for classes that are too rare to be told apart from the others.
    """
    path = Path(text)
    if path.suffix.lower() not in SUFFIXES:
        if text in TEXT_SETS:
            return TEXT_SETS[text].draw(count, seed)
        files, known = ", ".join(SUFFIXES), ", ".join(TEXT_SETS)
        raise ValueError(f"texts {text!r} are no {files} file, and not built in; the built-in ones are {known}")
    found = read_labelled_texts(path, text=column, label=label, target=tuple(target), group=group, classes=classes)
    if label is not None and len(found.names) > 2:
        refuse_rare(found.y, found.groups, found.names, LAYER_CHOICE.folds)
    return found


def group_warning(texts: LabelledTexts) -> str:
    """What to say where no group was given and another column repeats: rows might know each other's answer."""
    if not texts.repeated:
        return ""
    shown = ", ".join(f"{name!r} ({count} values)" for name, count in texts.repeated[:3])
    return (
        f"no --group is given, so every text is a group of its own, though in {texts.rows} rows other columns repeat: "
        f"{shown}; where rows that share one say something about the same thing, the held-out figures are too good: "
        f"give --group {texts.repeated[0][0]}"
    )


def refuse_answers(texts: LabelledTexts, answers: Sequence[str]) -> None:
    """Raises ValueError for one answer alone, and for answers where there are not two classes to move between."""
    if answers and (len(answers) < 2 or texts.y.ndim != 1 or len(texts.names) != 2):
        words = [answer.strip() for answer in answers]
        raise ValueError(f"answers={words}: give two next words, for a label of two classes")
