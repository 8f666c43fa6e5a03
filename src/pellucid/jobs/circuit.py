"""The job `circuit`: a model and pairs of texts become the circuit that answers them, and a model of that alone.

pairs -> tokens of one length -> scores of nodes or edges -> the fewest that carry the answer -> finding
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..artifacts.mechanisms.circuit import Circuit
from ..core.claim import Measured
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..datasets.circuit_tasks import TASKS, TextPair
from ..look.layers.circuit_discovery import CircuitDiscovery
from ..subjects.models.contrast import Contrast
from ..subjects.models.language_model import LanguageModel
from .subjects.corpus import refuse_other_models

__all__ = ["COLUMNS", "export_circuit", "find_circuit", "pairs_of", "refuse_export"]

COLUMNS = ("clean", "corrupted", "answer", "wrong")


def pairs_of(name: Path | str, count: int, seed: int) -> list[TextPair]:
    """The rows of a .csv or .tsv with the columns `COLUMNS`, or pairs of a built-in task. Raises ValueError."""
    if str(name) in TASKS:
        return TASKS[str(name)](count, np.random.default_rng(seed))
    path = Path(name)
    if not path.is_file():
        raise ValueError(f"pairs={str(name)!r} is no file and no task; give a .csv with the columns "
                         f"{', '.join(COLUMNS)}, or one of {', '.join(TASKS)}")  # fmt: skip
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"pairs={str(name)!r} is no table of text ({error}); save it as .csv in UTF-8") from None
    missing = [column for column in COLUMNS if not rows or column not in rows[0]]
    if missing:
        raise ValueError(f"pairs={str(name)!r} has no column {missing[0]!r}, or no row; give {', '.join(COLUMNS)}")
    for number, row in enumerate(rows, 1):
        empty = next((column for column in COLUMNS if not row[column]), None)
        if empty:
            raise ValueError(f"row {number} of {path.name} has no {empty!r}; fill it in, or leave the row out")
    return [(row["clean"], row["corrupted"], row["answer"], row["wrong"]) for row in rows]


def find_circuit(
    model: LanguageModel,
    pairs: Iterable[TextPair],
    *,
    method: CircuitDiscovery | None = None,
    name: str = "",
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Circuit]:
    """The circuit by which a model answers pairs of texts (clean, corrupted, answer, wrong answer).

    Of texts with other numbers of tokens those of the most frequent one are taken, which is told, as is how often the
    model's answer is the right one of the two. Raises ValueError where fewer than 4 pairs are left.
    """
    refuse_other_models(model)
    contrast, notes = _of_one_length(model, list(pairs))
    found = (method or CircuitDiscovery()).explain(contrast, seed, reporter=reporter, checkpoint=checkpoint)
    right = _right(contrast)
    notes.append(f"the model prefers the answer to the wrong one in {right} of {contrast.rows} clean texts")
    if right < 0.7 * contrast.rows:
        notes.append("so it hardly does what is asked, and a circuit says little; read it with care")
    facts: dict[str, Any] = {"model": model.name, "task": name, "notes": notes}
    settings = {**found.provenance.settings, **facts}
    return replace(found, provenance=replace(found.provenance, settings=settings))


def _of_one_length(model: LanguageModel, pairs: list[TextPair]) -> tuple[Contrast, list[str]]:
    """The pairs whose texts have as many tokens as most, and answers of one token; and what was left out."""
    sides = [model.encode([pair[side] for pair in pairs]) for side in range(4)]
    lengths = [len(ids) for ids in sides[0]]
    usual = max(set(lengths), key=lengths.count, default=0)
    kept = [
        pair
        for pair, clean, other, answer, wrong in zip(pairs, *sides, strict=True)
        if len(clean) == len(other) == usual and len(answer) == len(wrong) == 1
    ]
    if len(kept) < 4:
        raise ValueError(
            f"{len(kept)} of {len(pairs)} pairs have texts of one number of tokens, clean as corrupted, and answers of "
            "one token; give 4 or more (a word's space belongs to it: ' Mary')"
        )
    notes = [f"{len(kept)} pairs of {usual} tokens"]
    if len(kept) < len(pairs):
        notes[0] += f"; {len(pairs) - len(kept)} have another number, or answers of several tokens, and are left out"
    return Contrast.of(model, kept), notes


def _right(contrast: Contrast) -> int:
    """How often the answer is preferred to the wrong one."""
    from ..subjects.models.hooks import device_of, evaluating, logits_of, run

    with evaluating(contrast.model) as network:
        logits = logits_of(run(network, contrast.clean.to(device_of(network)))[0])
    return int((contrast.metric(logits) > 0).sum())


def refuse_export(folder: Path, method: CircuitDiscovery) -> None:
    """Raises ValueError where the folder holds something, or the circuit will be none that weights can hold."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"export={str(folder)!r} holds other files; choose a new folder")
    if method.of != "nodes" or method.ablation == "corrupt":
        raise ValueError(
            "export writes a model's weights, which hold no edges and no corrupted inputs; give --of nodes and "
            "--ablation mean or zero"
        )


def export_circuit(
    model: LanguageModel, pairs: Iterable[TextPair], found: Finding[Circuit], folder: Path
) -> Finding[Circuit]:
    """Writes the model of the circuit alone, reads it back, and says how far its logits are from the ablated run's.

    Raises ValueError where the model's weights cannot hold the circuit.
    """
    from ..look.layers.pruned_model import logits_apart, pruned_model, write_pruned

    contrast, _ = _of_one_length(model, list(pairs))
    pruned = pruned_model(model, found.artifact, contrast.clean[:2])
    write_pruned(pruned, folder)
    apart, usual = logits_apart(model, found.artifact, folder, contrast)
    told = (
        f"largest difference between the logits of the exported model, read back, and of the ablated run, on "
        f"{contrast.rows} texts; baseline: of the whole model and the ablated run"
    )
    notes = [*found.provenance.settings["notes"], f"the model of the circuit alone is in {folder.name}/"]
    settings = {**found.provenance.settings, "notes": notes}
    claim = Measured(told, apart, "", usual, key="exported")
    return replace(found, claims=(*found.claims, claim), provenance=replace(found.provenance, settings=settings))
