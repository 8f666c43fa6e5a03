"""Labelled activations out of a language model: texts go in, one token of each is read at a module, or changed there.

Reading layer l of L costs (l + 1) / L of a pass; a behaviour costs a whole pass for each call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ....core.reporter import SILENT, Reporter
from ..hooks import device_of, evaluating, logits_of, run
from ..settings import MODELS
from .labelled import Behaviour, Labelled
from .labelled_reading import batches_of_one_length, checkpoint_of, place, placed, read_rows, token_rows
from .labelled_texts import LabelledTexts

Array = NDArray[np.float64]


def label_site(
    model: Any,
    path: str,
    texts: LabelledTexts,
    *,
    batch_size: int | None = None,
    shuffle_seed: int | None = None,
    answers: Sequence[str] = (),
    expected: NDArray[np.int64] | None = None,
) -> Labelled:
    """The activations (rows, width) that module `path` gives for the token at `texts.position`, with their labels.

    At position "mean" they are averages over the tokens, "first" is an encoder's class token. With `shuffle_seed`, also
    those of each text's words in a random order, a control; not where most texts are too short to have another order.
    With `answers`, the model's behaviour: the logits that the last token gives to the first token of each answer, were
    the activation another one; `expected` (rows, classes) says which answer belongs to each class. Raises ValueError
    for an unknown path, a text too short or too long, answers that begin with the same token, and activations that are
    not finite.
    """
    return label_sites(
        model, [path], texts, batch_size=batch_size, shuffle_seed=shuffle_seed, answers=answers, expected=expected
    )[path]


def label_sites(
    model: Any,
    paths: Sequence[str],
    texts: LabelledTexts,
    *,
    batch_size: int | None = None,
    shuffle_seed: int | None = None,
    answers: Sequence[str] = (),
    expected: NDArray[np.int64] | None = None,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> dict[str, Labelled]:
    """As `label_site`, of several modules in the same passes through the model.

    With a folder as `checkpoint`, an interrupted call goes on where it stopped: what was read is kept there.
    """
    where, batch_size = place(model, texts.position), batch_size or MODELS.batch
    first = answer_tokens(model, answers)
    ids = token_rows(model, texts.texts, texts.position)
    words = () if shuffle_seed is None else texts.shuffled(np.random.default_rng(shuffle_seed))
    words = words if words and _changed(words, texts.texts) >= MODELS.least_changed else ()
    reporter.start("texts through the model", texts.rows + len(words))

    def read(rows: list[list[int]], name: str) -> dict[str, Array]:
        kept = checkpoint_of(checkpoint, model, paths, rows, where)
        return read_rows(model, paths, rows, where, batch_size, reporter, None if kept is None else (kept, name))

    values = read(ids, "texts")
    shuffled: dict[str, Array] = {}
    if words:
        reporter.advance(0, "words in random order")
        shuffled = read(token_rows(model, words, texts.position), "shuffled")
    reporter.finish()
    found = {}
    for path in paths:
        behaviour = None
        if answers:
            ran = _Replacement(model, path, ids, where, first, batch_size)
            behaviour = Behaviour(ran, tuple(answers), expected)
        found[path] = Labelled(
            values[path], texts.y, texts.groups, texts.names, texts.texts, shuffled.get(path), None, behaviour,
            texts.title,
        )  # fmt: skip
    return found


def _changed(words: Sequence[str], texts: Sequence[str]) -> float:
    return sum(one != other for one, other in zip(words, texts, strict=True)) / len(texts)


def answer_tokens(model: Any, answers: Sequence[str]) -> list[int]:
    """The first token of each answer.

    Raises ValueError where two begin with the same one, and for a model that predicts no tokens.
    """
    if answers and getattr(model, "unembedding", None) == "":
        raise ValueError(f"answers={list(answers)} but the model predicts no next token; leave them out")
    first = [model.encode([answer])[0][0] for answer in answers]
    for i, token in enumerate(first):
        if token in first[:i]:
            same = answers[first.index(token)]
            raise ValueError(f"answers {same!r} and {answers[i]!r} begin with the same token; choose others")
    return first


def last_logits(model: Any, texts: Sequence[str], answers: Sequence[str], batch_size: int = MODELS.batch) -> Array:
    """The logits (rows, answers) that the last token of each text gives to each answer, nothing being changed."""
    ids, first = token_rows(model, texts), answer_tokens(model, answers)
    found = np.empty((len(ids), len(first)))
    with evaluating(model):
        for rows, inputs in batches_of_one_length(ids, range(len(ids)), batch_size, device_of(model)):
            output, _ = run(model, inputs)
            found[rows] = logits_of(output)[:, -1, first].double().cpu().numpy()
    return found


class _Replacement:
    """Puts other activations in place of one token's at a module, and gives the logits of the answers."""

    def __init__(
        self, model: Any, path: str, ids: list[list[int]], where: int | slice, answers: list[int], batch_size: int
    ) -> None:
        self.model, self.path, self.ids, self.where = model, path, ids, where
        self.answers, self.batch_size = answers, batch_size

    def __call__(self, values: Array, rows: NDArray[np.int64]) -> Array:
        found = np.empty((len(rows), len(self.answers)))
        given = torch.as_tensor(np.ascontiguousarray(values))
        with evaluating(self.model):
            for part, inputs in batches_of_one_length(self.ids, rows, self.batch_size, device_of(self.model)):

                def put(output: Tensor, new: Tensor = given[part]) -> Tensor:
                    return placed(output, self.where, new)

                output, _ = run(self.model, inputs, edits={self.path: put})
                found[part] = logits_of(output)[:, -1, self.answers].double().cpu().numpy()
        return found


def with_codes(labelled: Labelled, dictionary: Any) -> Labelled:
    """The same rows with the codes (rows, latents) that a dictionary gives them, dense: for probes of few latents."""
    codes = dictionary.encode(torch.as_tensor(labelled.values, dtype=torch.float32))
    dense = torch.zeros(labelled.rows, dictionary.size)
    dense.scatter_(1, codes.indices.long().cpu(), codes.values.detach().float().cpu())
    return replace(labelled, codes=dense.double().numpy())
