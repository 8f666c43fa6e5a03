"""A language model on this machine that is asked as one behind a server is: greedily, so that it answers the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch

from .conversation import Conversation
from .language_model import LanguageModel

__all__ = ["LocalChat"]


@dataclass(frozen=True, eq=False)
class LocalChat:
    """A loaded model with a chat template; at most `longest` tokens are answered.

    Raises ValueError for a model that cannot go on writing, or has no template.
    """

    model: LanguageModel
    longest: int = 40

    def __post_init__(self) -> None:
        if not hasattr(self.model.model, "generate"):
            raise ValueError(f"model {self.model.name!r} cannot go on writing; give a causal one with a chat template")
        Conversation.of([{"role": "user", "content": "well?"}]).written_by(self.model.tokenizer)  # type: ignore[union-attr]

    @classmethod
    def of(cls, name: str) -> Self:
        """The model of this name, as fast as the processor can. Raises ValueError."""
        from .loading.load_model import load_model

        return cls(load_model(name, dtype="fastest"))

    def answer(self, turns: Sequence[dict[str, str]]) -> str:
        """The text of one answer to a conversation. Raises ValueError for one beyond the model's context."""
        tokenizer: Any = self.model.tokenizer
        text = tokenizer.apply_chat_template(list(turns), tokenize=False, add_generation_prompt=True)
        ids = torch.tensor([tokenizer(text, add_special_tokens=False)["input_ids"]], device=self.model.device)
        if ids.shape[1] + self.longest > self.model.context:
            raise ValueError(
                f"a question of {ids.shape[1]} tokens is beyond {self.model.name!r}; ask about fewer at once"
            )
        with torch.no_grad():
            network: Any = self.model.model
            found = network.generate(
                ids, attention_mask=torch.ones_like(ids), max_new_tokens=self.longest, do_sample=False, use_cache=True,
                pad_token_id=tokenizer.eos_token_id,
            )  # fmt: skip
        return str(tokenizer.decode(found[0, ids.shape[1] :], skip_special_tokens=True))
