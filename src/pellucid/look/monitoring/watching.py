"""A monitor at work: texts are scored as they come, drift is told, and a model that writes is stopped or steered.

D = max over t of |share of usual scores <= t - share of the last scores <= t|       Kolmogorov and Smirnov
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from ...artifacts.audits.monitor import Monitor
from ...artifacts.features.dictionary import Dictionary
from ...subjects.models.hooks import device_of, evaluating, module_of, replacing_first, run
from ...subjects.models.language_model import LanguageModel

__all__ = ["Drift", "Guard", "Watcher", "drift", "strongest"]


@dataclass(frozen=True)
class Drift:
    """How far the last scores are from the usual ones, and how likely that is where nothing has changed."""

    distance: float
    p: float
    texts: int


def drift(usual: Float[np.ndarray, " usual"], last: Float[np.ndarray, " last"]) -> Drift:
    """Of scores in any order.

    >>> drift(np.arange(100.0), np.arange(100.0)).p
    1.0
    """
    from scipy.stats import ks_2samp

    found: Any = ks_2samp(usual, last)
    return Drift(float(found.statistic), float(found.pvalue), len(last))


def strongest(
    model: LanguageModel, dictionary: Dictionary, path: str, texts: Iterable[str], batch: int = 8
) -> Iterator[tuple[Float[np.ndarray, " features"], int]]:
    """Of each text the strongest activation of every feature, and how many tokens it has; in order.

    The token that every text begins with is left out. A text that is too long is cut at the model's context. Raises
    ValueError for an empty one.
    """
    before, after = model.frame
    room = model.context - len(before) - len(after)
    for number, text in enumerate(texts):
        words = model.encode([text])[0][:room]
        if not words:
            raise ValueError(f"text {number} is empty; leave it out")
        ids = torch.tensor([[*before, *words, *after]], device=device_of(model))
        with evaluating(model.model):
            _, found = run(model, {"input_ids": ids}, read=path)
        x = found[path][0, len(before) : len(before) + len(words)].float().to(dictionary.device)
        codes = dictionary.encode(x)
        most = torch.zeros(dictionary.size)
        most.scatter_reduce_(0, codes.indices.reshape(-1).cpu().long(), codes.values.reshape(-1).cpu().float(), "amax")
        yield most.clamp_min(0).numpy(), len(words)


@dataclass
class Watcher:
    """Scores a stream of texts; after each `window` of them says whether they have drifted."""

    monitor: Monitor
    model: LanguageModel
    dictionary: Dictionary
    window: int = 200
    unlikely: float = 1e-3
    """A window is said to have drifted where its scores are this unlikely among usual ones."""

    def watch(self, texts: Iterable[str]) -> Iterator[tuple[float, bool, Drift | None]]:
        """Of each text its score and whether it raises an alarm; of the last one of a window also its drift."""
        last: list[float] = []
        features = self.monitor.features
        for most, _ in strongest(self.model, self.dictionary, self.monitor.path, texts):
            score = float(self.monitor.score(most[None, features])[0])
            last.append(score)
            told = drift(self.monitor.usual, np.array(last)) if len(last) == self.window else None
            if told is not None:
                last.clear()
            yield score, bool(self.monitor.raises(np.array([score]))[0]), told

    def has_drifted(self, told: Drift) -> bool:
        return told.p < self.unlikely


class Guard:
    """Watches a model while it writes with `transformers`; stops it, or takes the features out, once there is an alarm.

    Within `with guard.on():` every pass is scored at its last token; give `guard.criteria()` to `generate` as
    `stopping_criteria` to end there. With `steers`, the features are taken out from the token of the alarm on instead.
    A batch is one text: rows of several are not told apart.
    """

    first: ClassVar[int] = 1
    """A pass over one token goes on with a text; a longer one begins one."""

    def __init__(self, monitor: Monitor, model: LanguageModel, dictionary: Dictionary, *, steers: bool = False) -> None:
        self.monitor, self.model, self.dictionary, self.steers = monitor, model, dictionary, steers
        self.features = torch.from_numpy(monitor.features.astype(np.int64))
        self.most, self.alarmed = np.zeros(len(self.features)), False

    @contextmanager
    def on(self) -> Iterator[Guard]:
        """While it is entered, the model is watched."""
        self.most, self.alarmed = np.zeros(len(self.features)), False
        module = module_of(self.model).get_submodule(self.monitor.path)
        handle = module.register_forward_hook(self._seen)
        try:
            yield self
        finally:
            handle.remove()

    def criteria(self) -> Any:
        """For `generate(stopping_criteria=...)`: ends where there was an alarm, unless it is steered."""
        from transformers import StoppingCriteriaList

        def stop(ids: Tensor, scores: Any, **given: Any) -> Tensor:
            ends = self.alarmed and not self.steers
            return torch.full((len(ids),), ends, dtype=torch.bool, device=ids.device)

        return StoppingCriteriaList([stop])  # type: ignore[list-item]

    def _seen(self, module: Any, args: Any, output: Any) -> Any:
        value, rebuilt = replacing_first(output, self.monitor.path)
        skipped = len(self.model.frame[0]) if value.shape[1] > self.first else 0
        x = value.detach()[0, skipped:].float().to(self.dictionary.device)
        codes = self.dictionary.encode(x)
        hits: Any = codes.indices.cpu()[:, :, None] == self.features
        values = (codes.values.float().cpu()[:, :, None] * hits).sum(1)
        if len(values):
            self.most = np.maximum(self.most, values.max(0).values.numpy())
        self.alarmed = self.alarmed or bool(self.monitor.raises(self.monitor.score(self.most[None]))[0])
        if not (self.steers and self.alarmed):
            return None
        written = values.to(value.device) @ self.dictionary.decoder[self.features].float().to(value.device)
        new = value.clone()
        new[0, skipped:] -= written.to(value)
        return rebuilt(new)
