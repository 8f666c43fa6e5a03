"""Reading texts: the tokens of each, one vector of each at a module, and what is kept so that a killed run goes on.

Texts of one length go through the model together, so nothing is padded and every activation is what the model itself
computes of that text alone. What was read is kept in parts of whole batches: a run that goes on reads the other batches
as they would have been read, and gives the same numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ....core.reporter import SILENT, Reporter
from ....run.checkpoint import Checkpoint
from ..hooks import device_of, evaluating, first_not_finite, run
from ..sampled_weights import sampled_weights
from ..settings import MODELS
from .labelled_texts import FIRST, MEAN, Position

Array = NDArray[np.float64]
Batch = tuple[NDArray[np.int64], Tensor]


def frame(model: Any) -> tuple[list[int], list[int]]:
    """The tokens before and after each text: an encoder's own, else BOS, which spares the first word from being a sink.

    Models that are no `LanguageModel` may leave it out.
    """
    known = getattr(model, "frame", None)
    if known is not None:
        return list(known[0]), list(known[1])
    start = getattr(getattr(model, "tokenizer", None), "bos_token_id", None)
    return ([] if start is None else [int(start)]), []


def is_encoder(model: Any) -> bool:
    """Whether its texts begin with a class token, which sees all of the text."""
    token, before = getattr(getattr(model, "tokenizer", None), "cls_token_id", None), frame(model)[0]
    return token is not None and before[:1] == [int(token)]


def token_rows(model: Any, texts: Sequence[str], position: Position = -1) -> list[list[int]]:
    """The token numbers of each text, with those that the model has before and after it.

    Raises ValueError for a text without a token at `position`, or longer than the context.
    """
    before, after = frame(model)
    rows = [before + list(row) + after for row in model.encode(list(texts))]
    least = len(before) + len(after) + (-position if isinstance(position, int) else 1)
    context = getattr(model, "context", None)
    for i, row in enumerate(rows):
        if len(row) < least:
            raise ValueError(f"text {i} ({texts[i]!r}) has {len(row)} tokens, none at position {position}; lengthen it")
        if context is not None and len(row) > context:
            raise ValueError(f"text {i} has {len(row)} tokens, more than the context of {context}; shorten it")
    return rows


def place(model: Any, position: Position) -> int | slice:
    """Where in a row of tokens a text is read: an index from the end, or all that is averaged.

    The mean leaves out BOS, an encoder's own tokens take part in it, as they do in sentence embeddings. Raises
    ValueError for the first token of a model in which that sees nothing of the text.
    """
    before, after = frame(model)
    if position == FIRST:
        if not is_encoder(model):
            raise ValueError("position 'first' reads a token that sees nothing of the text; give -1, or 'mean'")
        return 0
    if position == MEAN:
        return slice(0 if is_encoder(model) else len(before), None)
    assert isinstance(position, int)
    return position - len(after)


def picked(values: Tensor, where: int | slice) -> Tensor:
    """(rows, length, width) -> (rows, width), the mean where `where` are several tokens.

    >>> values = torch.tensor([[[1.0], [3.0]]])
    >>> picked(values, -1).tolist(), picked(values, slice(0, None)).tolist()
    ([[3.0]], [[2.0]])
    """
    return values[:, where].double().mean(1) if isinstance(where, slice) else values[:, where].double()


def placed(values: Tensor, where: int | slice, new: Tensor) -> Tensor:
    """`values` (rows, length, width) with `new` (rows, width) there; all tokens of a mean move alike.

    >>> placed(torch.zeros(1, 2, 1), -1, torch.ones(1, 1)).tolist()
    [[[0.0], [1.0]]]
    """
    values, new = values.clone(), new.to(values.device, torch.float64)
    if isinstance(where, slice):
        values[:, where] += (new - picked(values, where)).to(values.dtype)[:, None]
    else:
        values[:, where] = new.to(values.dtype)
    return values


def read_rows(
    model: Any,
    paths: Sequence[str],
    ids: list[list[int]],
    where: int | slice,
    batch_size: int,
    reporter: Reporter = SILENT,
    kept: tuple[Checkpoint, str] | None = None,
) -> dict[str, Array]:
    """The activations (rows, width) at each path; `kept` says where parts of them are kept, and under which name.

    Raises ValueError for NaN and infinity, naming the first module that puts any out.
    """
    parts = _Parts(kept)
    reporter.advance(len(parts.rows), "resumed" if parts.rows else "")
    with evaluating(model):
        try:
            for rows, inputs in batches_of_one_length(ids, range(len(ids)), batch_size, device_of(model)):
                if parts.rows.issuperset(rows.tolist()):
                    continue
                _, values = run(model, inputs, read=list(paths))
                _refuse_not_finite(model, values, inputs, rows)
                parts.add({"rows": rows, **{path: _numbers(picked(values[path], where)) for path in paths}})
                reporter.advance(len(rows))
        finally:
            parts.flush()
    return parts.in_order(paths)


class _Parts:
    """What was read, in parts of whole batches that are kept as they fill up; `rows` were read by a run before."""

    def __init__(self, kept: tuple[Checkpoint, str] | None) -> None:
        self.kept = kept
        found = {} if kept is None else _load(*kept)
        self.parts = [found[name] for name in sorted(found)]
        self.rows: set[int] = set().union(*(part["rows"].tolist() for part in self.parts))
        self.pending: list[dict[str, NDArray[Any]]] = []

    def add(self, batch: dict[str, NDArray[Any]]) -> None:
        self.pending.append(batch)
        if sum(len(one["rows"]) for one in self.pending) >= MODELS.texts_each_part:
            self.flush()

    def flush(self) -> None:
        if self.pending:
            part = {name: np.concatenate([one[name] for one in self.pending]) for name in self.pending[0]}
            if self.kept is not None:
                self.kept[0].save(f"{self.kept[1]}-{len(self.parts):05}", part)
            self.parts.append(part)
            self.pending.clear()

    def in_order(self, paths: Sequence[str]) -> dict[str, Array]:
        """The activations (rows, width) at each path, in the order of the texts."""
        back = np.argsort(np.concatenate([part["rows"] for part in self.parts]))
        return {path: np.concatenate([part[path] for part in self.parts])[back].astype(np.float64) for path in paths}


def batches_of_one_length(ids: list[list[int]], rows: Any, batch_size: int, device: Any) -> Iterator[Batch]:
    """Places in `rows` and their tokens (batch, length), one length at a time."""
    rows = [int(i) for i in rows]
    lengths = np.array([len(ids[i]) for i in rows])
    for length in sorted(set(lengths.tolist())):
        places = np.flatnonzero(lengths == length)
        for start in range(0, len(places), batch_size):
            part = places[start : start + batch_size]
            yield part, torch.tensor([ids[rows[i]] for i in part], device=device)


def checkpoint_of(
    folder: Path | None, model: Any, paths: Sequence[str], ids: list[list[int]], where: int | slice
) -> Checkpoint | None:
    """Where these texts' activations are kept: of this model, these modules, tokens and position, and no others."""
    if folder is None:
        return None
    digest = hashlib.sha256(repr((tuple(paths), ids, str(where))).encode())
    for weight in sampled_weights(model):
        digest.update(weight)
    return Checkpoint(folder, digest.hexdigest())


def _load(checkpoint: Checkpoint, name: str) -> dict[str, dict[str, NDArray[Any]]]:
    found: dict[str, dict[str, NDArray[Any]]] = {}
    while (part := checkpoint.load(f"{name}-{len(found):05}")) is not None:
        found[f"{name}-{len(found):05}"] = part[0]
    return found


def _numbers(values: Tensor) -> NDArray[np.float32]:
    return values.float().cpu().numpy()


def _refuse_not_finite(model: Any, values: dict[str, Tensor], inputs: Tensor, rows: NDArray[np.int64]) -> None:
    for path, value in values.items():
        bad = ~value.isfinite().flatten(1).all(1)
        if bad.any():
            first = first_not_finite(model, inputs) or path
            text = int(rows[int(bad.nonzero()[0])])
            raise ValueError(
                f"activations at {path!r} hold NaN or infinity, first for text {text}; the first module to put any out "
                f"is {first!r}: run the model in float32, or drop those texts"
            )
