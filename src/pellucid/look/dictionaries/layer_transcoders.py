"""Transcoders for every layer: a replacement model, whose feed-forward parts are sparse and legible (arXiv 2406.11944).

    y_l = f_l(x_l)   becomes   b_l + sum_i a_li d_li,   a_li = e_li . (x_l - m_l) + c_li of the k largest

x_l: what layer l's feed-forward part reads, y_l: what it adds to the stream. One pass over the text reads all layers;
then they are trained one after another, each from a file, so that an interrupted run loses one layer at most.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ...artifacts.features.dictionary import Dictionary
from ...artifacts.features.replacement_model import ReplacementModel, rounded
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...run.cached import cached
from ...subjects.models.activations import Activations
from ...subjects.models.hooks import Edit, device_of, evaluating, logits_of, run
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.site import Site
from ..layers.feed_forwards import FeedForward, feed_forwards
from .transcoder import Transcoder

__all__ = ["LayerTranscoders"]


@dataclass(frozen=True)
class LayerTranscoders(Method[Site, ReplacementModel]):
    """A transcoder for the feed-forward part of every layer, and what the model loses with all of them in place.

    The subject is a site of the model whose inputs are the text as tokens; which path it names does not matter. The
    activations of all layers take layers * tokens * width * 4 bytes on disk while it runs.

    >>> LayerTranscoders().transcoder.width
    4096
    """

    transcoder: Transcoder = field(default_factory=lambda: Transcoder(width=4096, k=32, steps=400))
    judged: int = 8
    """Rows of text on which the replaced model is judged, and which no transcoder sees: 8 of 128 tokens tell the loss
    to a few hundredths of a nat."""

    def _find(self, subject: Site, context: Context) -> Found[ReplacementModel]:
        """The transcoders. Raises ValueError for a model without feed-forward parts, and for too few rows."""
        rows = subject.given.tokens
        if rows is None or len(rows) < self.judged + 2:
            have = 0 if rows is None else len(rows)
            raise ValueError(f"the text has {have} rows of tokens; give {self.judged + 2} or more")
        order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(context.stream("rows")))
        train, judged = rows[order[self.judged :]], rows[order[: self.judged]]
        with evaluating(subject.model) as network, _kept_in(context.checkpoint) as folder:
            device = device_of(network)
            parts = feed_forwards(network, LanguageModel.of(subject.model).layers, rows[:2].to(device))
            store = _Store.fill(folder, network, parts, train, subject.batch_size, context.reporter)
            found, fvu = self._trained(store, len(parts), folder, context)
            names = ([part.reads for part in parts], [part.writes for part in parts])
            model = ReplacementModel(tuple(found), tuple(names[0]), tuple(names[1]), tuple(fvu))
            claims = _claims(network, model, judged.to(device), store.means())
        return Found(model, claims, settings={"trained_tokens": train.numel(), "judged_tokens": judged.numel()})

    def _trained(
        self, store: _Store, layers: int, folder: Path, context: Context
    ) -> tuple[list[Dictionary], list[float]]:
        """The transcoder of every layer, and what it leaves unexplained."""
        found, fvu = [], []
        context.reporter.start("layers", layers)
        for number in range(layers):
            with context.timed("training"):
                one = cached(self.transcoder, store.activations(number), context.seed,
                             folder=folder / f"layer_{number}", name="transcoder")  # fmt: skip
            found.append(rounded(one.artifact))
            fvu.append(float(one.measured("fvu") or np.nan))
            context.reporter.advance(1, f"FVU {fvu[-1]:.2f}")
        context.reporter.finish()
        return found, fvu


@contextmanager
def _kept_in(folder: Path | None) -> Iterator[Path]:
    """The checkpoint, or a folder that goes afterwards."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@dataclass(frozen=True, eq=False)
class _Store:
    """What all parts read and write at all tokens, in files of half precision, each layer in two of its own."""

    folder: Path
    rows: Int[Tensor, "rows length"]
    widths: tuple[tuple[int, int], ...]

    @classmethod
    def fill(
        cls, folder: Path, network: nn.Module, parts: list[FeedForward], rows: Tensor, batch: int, reporter: Reporter
    ) -> _Store:
        """Runs the text through the model once; what an interrupted run wrote to the end is taken as it is."""
        device = device_of(network)
        paths = [path for part in parts for path in (part.reads, part.writes)]
        first = run(network, rows[:1].to(device), read=paths)[1]
        sizes = [first[path].shape[-1] for path in paths]
        store = cls(folder, rows, tuple(zip(sizes[::2], sizes[1::2], strict=True)))
        done = folder / "activations.done"
        if done.exists():
            return store
        shapes = [(rows.numel(), size) for size in sizes]
        files = [np.memmap(store._file(n), np.uint16, "w+", shape=shape) for n, shape in enumerate(shapes)]
        reporter.start("activations", len(rows))
        for low in range(0, len(rows), batch):
            part = rows[low : low + batch]
            values = run(network, part.to(device), read=paths)[1]
            places = slice(low * rows.shape[1], (low + len(part)) * rows.shape[1])
            for file, path, size in zip(files, paths, sizes, strict=True):
                narrow = values[path].reshape(-1, size).to("cpu", torch.bfloat16)
                file[places] = narrow.view(torch.int16).numpy().view(np.uint16)
            reporter.advance(len(part))
        reporter.finish()
        for file in files:
            file.flush()
        done.touch()
        return store

    def activations(self, number: int) -> Activations:
        """Of one layer; a row of tokens is a sequence."""
        positions = torch.arange(self.rows.shape[1]).repeat(len(self.rows))
        reads, writes = (self._read(2 * number + side, self.widths[number][side]) for side in (0, 1))
        return Activations(reads, positions=positions, targets=writes)

    def means(self) -> list[Float[Tensor, " width"]]:
        """The mean of what each part writes."""
        return [self._read(2 * n + 1, widths[1]).mean(0) for n, widths in enumerate(self.widths)]

    def _read(self, number: int, width: int) -> Tensor:
        plain = np.fromfile(self._file(number), np.int16)
        return torch.from_numpy(plain).view(torch.bfloat16).reshape(-1, width).float()

    def _file(self, number: int) -> Path:
        return self.folder / f"activations_{number:03d}.bin"


def _claims(network: nn.Module, model: ReplacementModel, rows: Tensor, means: list[Tensor]) -> tuple[Claim, ...]:
    """The loss with all parts replaced, beside that with each part's mean; and the median of the FVU."""
    whole = _losses(network, rows, {})
    replaced = _losses(network, rows, replacing(model))
    flat: dict[str, Edit] = {
        path: lambda x, mean=mean: _after_the_first(x, mean.to(x).expand_as(x))
        for path, mean in zip(model.writes, means, strict=True)
    }
    lost = _losses(network, rows, flat)
    more, spread = replaced - whole, float((replaced - whole).std() / len(rows) ** 0.5)
    told = (
        f"loss of the next token added with all {len(model.writes)} feed-forward parts replaced by their transcoders, "
        "on text held out; baseline: by their means"
    )
    fvu = (
        "FVU of the transcoders on activations held out, the median over layers; baseline: the mean of what is written"
    )
    quartiles = np.percentile(model.fvu, [25, 75])
    return (
        Measured(told, float(more.mean()), "nats", float((lost - whole).mean()), spread, key="loss added"),
        Measured(fvu, float(np.median(model.fvu)), "", 1.0, float(np.ptp(quartiles)) / 2, key="fvu"),
    )


def replacing(model: ReplacementModel) -> dict[str, Edit]:
    """Edits with which every feed-forward part is its transcoder, at all tokens but the first of a row.

    There many models write a vector hundreds of times as long as any other, on which attention rests.
    """
    seen: dict[str, Tensor] = {}
    edits: dict[str, Edit] = {}
    for one, reads, writes in zip(model.dictionaries, model.reads, model.writes, strict=True):

        def keep(x: Tensor, reads: str = reads) -> Tensor:
            seen[reads] = x
            return x

        def put(x: Tensor, reads: str = reads, one: Any = one) -> Tensor:
            given = seen[reads].reshape(-1, one.width).float().cpu()
            return _after_the_first(x, one.reconstruct(given).to(x).reshape(x.shape))

        edits[reads], edits[writes] = keep, put
    return edits


def _after_the_first(old: Float[Tensor, "rows length width"], new: Tensor) -> Tensor:
    return torch.cat([old[:, :1], new[:, 1:]], 1) if old.ndim == 3 else new


def _losses(network: nn.Module, rows: Tensor, edits: dict[str, Edit]) -> Float[Tensor, " rows"]:
    """The mean loss of each row's next tokens."""
    found = []
    for row in rows:
        logits = logits_of(run(network, row[None], edits=edits)[0])[0]
        found.append(cross_entropy(logits[:-1].float(), row[1:]))
    return torch.stack(found).cpu()
