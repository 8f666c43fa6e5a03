"""Contrasts: pairs of inputs that differ in one thing, and the answer that each of them asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from ...core.subject import Subject
from .hooks import module_of
from .language_model import LanguageModel


def _refuse_long_answers(rows: list[tuple[str, str, str, str]], answers: list[Any], wrong: list[Any]) -> None:
    """Raises ValueError where an answer, or a wrong one, is not a single token."""
    for row, right, other in zip(rows, answers, wrong, strict=True):
        if len(right) != 1 or len(other) != 1:
            raise ValueError(f"answers {row[2:]} have {len(right)} and {len(other)} tokens; give one each")


@dataclass(frozen=True, eq=False)
class Contrast(Subject):
    """Tokens `clean` and `corrupted` (rows, length), each row with its `answer` and the `wrong` one, (rows,).

    The metric of a row is logit(answer) - logit(wrong) at the last position. Raises ValueError for shapes that differ.

    >>> net = torch.nn.Embedding(5, 5)
    >>> pair = Contrast(net, torch.tensor([[1, 2]]), torch.tensor([[3, 2]]), torch.tensor([4]), torch.tensor([0]))
    >>> pair.metric(torch.tensor([[[0.0] * 5, [1.0, 0, 0, 0, 3.0]]])).tolist()
    [2.0]
    """

    made_by: ClassVar[str] = "Contrast(model, clean, corrupted, answer, wrong), or Contrast.of(model, rows) of texts"

    model: Any
    clean: Tensor
    corrupted: Tensor
    answer: Tensor
    wrong: Tensor

    def __post_init__(self) -> None:
        module_of(self.model)
        if self.clean.ndim != 2 or not self.clean.numel() or self.clean.shape != self.corrupted.shape:
            shapes = f"{tuple(self.clean.shape)} and {tuple(self.corrupted.shape)}"
            raise ValueError(f"clean and corrupted have shapes {shapes}; give (rows, length) both, at least one row")
        for name in ("answer", "wrong"):
            if getattr(self, name).shape != self.clean.shape[:1]:
                raise ValueError(f"{name} has shape {tuple(getattr(self, name).shape)}; give one token for each row")

    @classmethod
    def of(cls, model: LanguageModel, rows: Iterable[tuple[str, str, str, str]]) -> Contrast:
        """From (clean text, corrupted text, answer, wrong answer). Raises ValueError for other numbers of tokens."""
        rows = list(rows)
        texts = [model.encode([row[side] for row in rows]) for side in range(4)]
        start = [model.tokenizer.bos_token_id] if model.tokenizer.bos_token_id is not None else []
        lengths = {len(ids) for side in texts[:2] for ids in side}
        if len(lengths) != 1:
            raise ValueError(f"texts have {sorted(lengths)} tokens; give clean and corrupted ones of one length")
        _refuse_long_answers(rows, texts[2], texts[3])
        clean, corrupted = (torch.tensor([start + ids for ids in side]) for side in texts[:2])
        return cls(model, clean, corrupted, torch.tensor(texts[2])[:, 0], torch.tensor(texts[3])[:, 0])

    @property
    def rows(self) -> int:
        return len(self.clean)

    def metric(self, logits: Float[Tensor, "rows length vocabulary"]) -> Float[Tensor, " rows"]:
        """logit(answer) - logit(wrong) at the last position."""
        if logits.ndim != 3:
            raise ValueError(
                f"the model puts out {tuple(logits.shape)}, no logits over words at each place; give a language model"
            )
        last = logits[:, -1].float()
        return (
            last.gather(1, self.answer[:, None].to(last.device))[:, 0]
            - last.gather(1, self.wrong[:, None].to(last.device))[:, 0]
        )

    def select(self, rows: Any) -> Contrast:
        """Some rows only."""
        parts = {name: getattr(self, name)[rows] for name in ("clean", "corrupted", "answer", "wrong")}
        return replace(self, **parts)

    def halves(self, generator: np.random.Generator) -> tuple[Contrast, Contrast]:
        """Rows to score by, and rows held out. Raises ValueError where there is one row alone."""
        if self.rows < 2:
            raise ValueError("1 row cannot be both scored and held out; give at least 2 pairs of inputs")
        order = torch.from_numpy(generator.permutation(self.rows))
        first = -(-self.rows // 2)
        return self.select(order[:first]), self.select(order[first:])

    def fingerprint(self) -> str:
        """SHA-256 of the tokens and of a sample of the weights."""
        digest = hashlib.sha256()
        for name in ("clean", "corrupted", "answer", "wrong"):
            digest.update(getattr(self, name).long().cpu().numpy().tobytes())
        for name, weight in module_of(self.model).state_dict().items():
            flat = weight.detach().reshape(-1)
            digest.update(name.encode() + flat[:: max(1, len(flat) // 4096)].float().cpu().numpy().tobytes())
        return digest.hexdigest()
