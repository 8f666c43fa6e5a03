"""Days of the week and months, in sentences whose next word is a day or month some steps later.

The task is Engels et al., Not All Language Model Features Are Linear (arXiv 2405.14860, section 5); our own templates.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from ..subjects.models.labelled.labelled_texts import LabelledTexts
from .text_sets import TEXT_SETS, TextSet

__all__ = ["DAYS", "MONTHS", "calendar_texts"]

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def calendar_texts(names: Sequence[str] = DAYS, solved: bool = True) -> tuple[LabelledTexts, Int[np.ndarray, " rows"]]:
    """Sentences over every name and template, with the number of the name as y, and the shift to the answer.

    Grouped by template. `solved` puts one solved sentence of the template in front, about a name two before. The
    token of the name is at `position` -2 in all of them.

    >>> texts, shifts = calendar_texts(solved=False)
    >>> texts.texts[0], int(shifts[0])
    ('The day after Monday is', 1)
    """
    unit = "month" if len(names) == 12 else "day"
    texts, labels, groups, shifts = [], [], [], []
    for template, shift in _templates(unit):
        for i, name in enumerate(names):
            text = template.format(unit=unit, name=name)
            if solved:
                before = template.format(unit=unit, name=names[(i - 2) % len(names)])
                text = f"{before} {names[(i - 2 + shift) % len(names)]}. {text}"
            texts.append(text)
            labels.append(i)
            groups.append(template.replace("{unit}", unit).replace("{name}", "..."))
            shifts.append(shift)
    title = "months of the year" if unit == "month" else "days of the week"
    found = LabelledTexts(tuple(texts), np.array(labels, dtype=float), tuple(names), tuple(groups), -2, title)
    return found, np.array(shifts)


def _templates(unit: str) -> list[tuple[str, int]]:
    """Sentences about {name}, each with how many steps after it the answer stands."""
    near = [
        ("The {unit} after {name} is", 1),
        ("The {unit} before {name} is", -1),
        ("The {unit} that follows {name} is", 1),
        ("The {unit} that comes right after {name} is", 1),
        ("The {unit} just before {name} is", -1),
    ]
    steps = ("Two", "Three", "Four", "Five", "Six")
    return near + [(f"{step} {unit}s after {{name}} is", number) for number, step in enumerate(steps, 2)]


TEXT_SETS.register("days", TextSet("days in sentences about later ones", lambda *_: calendar_texts(DAYS)[0]))
TEXT_SETS.register("months", TextSet("months in sentences about later ones", lambda *_: calendar_texts(MONTHS)[0]))
