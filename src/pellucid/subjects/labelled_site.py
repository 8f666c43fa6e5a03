"""Labelled activations out of a language model: texts go in, one token of each is read at a module, or changed there.

Texts of one length go through the model together, so nothing is padded and every activation is what the model itself
computes. Reading layer l of L costs (l + 1) / L of a pass; a behaviour costs a whole pass for each call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..core.reporter import SILENT, Reporter
from .hooks import evaluating, logits_of, run
from .labelled import Behaviour, Labelled
from .labelled_texts import LabelledTexts

Array = NDArray[np.float64]


def label_site(
    model: Any,
    path: str,
    texts: LabelledTexts,
    *,
    batch_size: int = 32,
    shuffle_seed: int | None = None,
    answers: Sequence[str] = (),
    expected: NDArray[np.int64] | None = None,
) -> Labelled:
    """The activations (rows, width) that module `path` gives for the token at `texts.position`, with their labels.

    With `shuffle_seed`, also those of each text's words in a random order, a control. With `answers`, the model's
    behaviour: the logits that the last token gives to the first token of each answer, were the activation another
    one; `expected` (rows, classes) says which answer belongs to each class. Raises ValueError for an unknown path, a
    text too short or too long, answers that begin with the same token, and activations that are not finite.
    """
    return label_sites(
        model, [path], texts, batch_size=batch_size, shuffle_seed=shuffle_seed, answers=answers, expected=expected
    )[path]


def label_sites(
    model: Any,
    paths: Sequence[str],
    texts: LabelledTexts,
    *,
    batch_size: int = 32,
    shuffle_seed: int | None = None,
    answers: Sequence[str] = (),
    expected: NDArray[np.int64] | None = None,
    reporter: Reporter = SILENT,
) -> dict[str, Labelled]:
    """As `label_site`, of several modules in the same passes through the model."""
    ids = token_rows(model, texts.texts, texts.position)
    reporter.start("texts through the model", texts.rows * (1 if shuffle_seed is None else 2))
    values = _read(model, paths, ids, texts.position, batch_size, reporter)
    shuffled: dict[str, Array] = {}
    if shuffle_seed is not None:
        words = token_rows(model, texts.shuffled(np.random.default_rng(shuffle_seed)), texts.position)
        reporter.advance(0, "words in random order")
        shuffled = _read(model, paths, words, texts.position, batch_size, reporter)
    reporter.finish()
    first = answer_tokens(model, answers)
    found = {}
    for path in paths:
        behaviour = None
        if answers:
            ran = _Replacement(model, path, ids, texts.position, first, batch_size)
            behaviour = Behaviour(ran, tuple(answers), expected)
        found[path] = Labelled(
            values[path], texts.y, texts.groups, texts.names, texts.texts, shuffled.get(path), None, behaviour,
            texts.title,
        )  # fmt: skip
    return found


def token_rows(model: Any, texts: Sequence[str], position: int = -1) -> list[list[int]]:
    """The token numbers of each text, after BOS where there is one, which would else make the first token a sink.

    Raises ValueError for a text without a token at `position`, or longer than the context.
    """
    start = getattr(getattr(model, "tokenizer", None), "bos_token_id", None)
    rows = [([] if start is None else [int(start)]) + list(row) for row in model.encode(list(texts))]
    context = getattr(model, "context", None)
    for i, row in enumerate(rows):
        if len(row) < -position:
            raise ValueError(f"text {i} ({texts[i]!r}) has {len(row)} tokens, none at position {position}; lengthen it")
        if context is not None and len(row) > context:
            raise ValueError(f"text {i} has {len(row)} tokens, more than the context of {context}; shorten it")
    return rows


def answer_tokens(model: Any, answers: Sequence[str]) -> list[int]:
    """The first token of each answer. Raises ValueError where two begin with the same one."""
    first = [model.encode([answer])[0][0] for answer in answers]
    for i, token in enumerate(first):
        if token in first[:i]:
            same = answers[first.index(token)]
            raise ValueError(f"answers {same!r} and {answers[i]!r} begin with the same token; choose others")
    return first


def last_logits(model: Any, texts: Sequence[str], answers: Sequence[str], batch_size: int = 32) -> Array:
    """The logits (rows, answers) that the last token of each text gives to each answer, nothing being changed."""
    ids, first = token_rows(model, texts), answer_tokens(model, answers)
    found = np.empty((len(ids), len(first)))
    with evaluating(model):
        for rows, inputs in _same_length(ids, range(len(ids)), batch_size, _device(model)):
            output, _ = run(model, inputs)
            found[rows] = logits_of(output)[:, -1, first].double().cpu().numpy()
    return found


class _Replacement:
    """Puts other activations in place of one token's at a module, and gives the logits of the answers."""

    def __init__(
        self, model: Any, path: str, ids: list[list[int]], position: int, answers: list[int], batch_size: int
    ) -> None:
        self.model, self.path, self.ids, self.position = model, path, ids, position
        self.answers, self.batch_size = answers, batch_size

    def __call__(self, values: Array, rows: NDArray[np.int64]) -> Array:
        found = np.empty((len(rows), len(self.answers)))
        given = torch.as_tensor(np.ascontiguousarray(values))
        with evaluating(self.model):
            for part, inputs in _same_length(self.ids, rows, self.batch_size, _device(self.model)):

                def put(output: Tensor, new: Tensor = given[part]) -> Tensor:
                    output = output.clone()
                    output[:, self.position] = new.to(output.device, output.dtype)
                    return output

                output, _ = run(self.model, inputs, edits={self.path: put})
                found[part] = logits_of(output)[:, -1, self.answers].double().cpu().numpy()
        return found


def _read(
    model: Any, paths: Sequence[str], ids: list[list[int]], position: int, batch_size: int, reporter: Reporter
) -> dict[str, Array]:
    parts: dict[str, list[Array]] = {path: [] for path in paths}
    order: list[NDArray[np.int64]] = []
    with evaluating(model):
        for rows, inputs in _same_length(ids, range(len(ids)), batch_size, _device(model)):
            _, values = run(model, inputs, read=list(paths))
            order.append(rows)
            for path in paths:
                parts[path].append(values[path][:, position].double().cpu().numpy())
            reporter.advance(len(rows))
    back = np.argsort(np.concatenate(order))
    return {path: np.concatenate(found)[back] for path, found in parts.items()}


def _same_length(
    ids: list[list[int]], rows: Any, batch_size: int, device: Any
) -> Iterator[tuple[NDArray[np.int64], Tensor]]:
    """Places in `rows` and their tokens (batch, length), one length at a time."""
    rows = [int(i) for i in rows]
    lengths = np.array([len(ids[i]) for i in rows])
    for length in sorted(set(lengths.tolist())):
        places = np.flatnonzero(lengths == length)
        for start in range(0, len(places), batch_size):
            part = places[start : start + batch_size]
            yield part, torch.tensor([ids[rows[i]] for i in part], device=device)


def _device(model: Any) -> Any:
    device = getattr(model, "device", None)
    return device if device is not None else next(model.parameters()).device


def with_codes(labelled: Labelled, dictionary: Any) -> Labelled:
    """The same rows with the codes (rows, latents) that a dictionary gives them, dense: for probes of few latents."""
    codes = dictionary.encode(torch.as_tensor(labelled.values, dtype=torch.float32))
    dense = torch.zeros(labelled.rows, dictionary.size)
    dense.scatter_(1, codes.indices.long().cpu(), codes.values.detach().float().cpu())
    return replace(labelled, codes=dense.double().numpy())
