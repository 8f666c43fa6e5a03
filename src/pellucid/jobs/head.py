"""The job `head`: what heads of a model, or all of it, say on every prompt of a family becomes a program.

prompt, words -> every prompt -> the heads' own answers -> the head with the shortest program, or those named -> finding
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..artifacts.programs.program import Program
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..distill.programs.finite_program import FiniteProgram
from ..look.layers.prompt_functions import PromptFunctions
from ..run.cached import cached

WHOLE = "model"


def open_head(
    asked: PromptFunctions, heads: str = "", *, model: str = "", prompt: str = "", seed: int = 0,
    reporter: Reporter = SILENT, checkpoint: Path | None = None,
) -> Finding[Program]:  # fmt: skip
    """The program of `heads`: "4.7" or "4.7,5.1" (layer.head), "model" for all of it, "" for the best head.

    The best is the head for which a program saves most bits against its commonest answer; it stands beside the best
    head for random orders of the answers. Raises ValueError for heads that are not there.
    """
    method = FiniteProgram()
    if heads:
        function = asked.function(() if heads == WHOLE else read_heads(heads))
    else:
        function = asked.function([_best(asked, method)], selected=True)
    found = cached(method, function, seed, folder=checkpoint, reporter=reporter)
    share = float(np.mean(function.outputs == asked.function().outputs))
    notes = [
        f"prompts: {prompt!r}, {function.cases} of them; answers: {', '.join(asked.answers)}",
        f"what {function.title} says and what the whole model says is the same in {share:.0%} of the cases"
        if function.title != "the model"
        else "what the whole model says",
    ]
    settings = {**found.provenance.settings, "model": model, "table": f"{function.title} of {model}", "notes": notes}
    return replace(found, provenance=replace(found.provenance, settings=settings))


def _best(asked: PromptFunctions, method: FiniteProgram) -> tuple[int, int]:
    """The head for which a program saves most."""
    saved = [method.saving(asked.function([head])) for head in asked.heads]
    if max(saved) <= 0:
        raise ValueError("no head's answers have a program better than one answer for all; give other words or prompts")
    return asked.heads[int(np.argmax(saved))]


def read_heads(text: str) -> Sequence[tuple[int, int]]:
    """Heads as people write them. Raises ValueError.

    >>> read_heads("4.7,5.1")
    [(4, 7), (5, 1)]
    """
    found = []
    for part in text.split(","):
        layer, dot, head = part.strip().partition(".")
        if not (dot and layer.isdigit() and head.isdigit()):
            raise ValueError(f"head={part.strip()!r} is no layer and head; give them as 4.7, or model")
        found.append((int(layer), int(head)))
    return found


def read_words(text: str) -> tuple[str, ...]:
    """Words between commas, or a range of numbers or letters. Raises ValueError for fewer than two.

    >>> read_words("8..11"), read_words("a..c"), read_words("Monday, Tuesday")
    (('8', '9', '10', '11'), ('a', 'b', 'c'), ('Monday', 'Tuesday'))
    """
    first, dots, last = text.partition("..")
    if dots and first.isdigit() and last.isdigit():
        found = tuple(str(i) for i in range(int(first), int(last) + 1))
    elif dots and len(first) == len(last) == 1:
        found = tuple(chr(i) for i in range(ord(first), ord(last) + 1))
    else:
        found = tuple(word.strip() for word in text.split(",") if word.strip())
    if len(found) < 2:
        raise ValueError(f"words={text!r} are fewer than two; give 0..9, a..z, or words between commas")
    return found
