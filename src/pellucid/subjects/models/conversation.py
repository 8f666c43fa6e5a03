"""Conversations: messages of several speakers, which a chat model's own template turns into text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Conversation:
    """Messages in order, each with a "role" and its "content".

    >>> Conversation.of([{"role": "user", "content": "Hi!"}]).letters
    3
    >>> Conversation.of([{"role": "user"}]) is None
    True
    """

    messages: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, cell: Any) -> Conversation | None:
        """A list of messages as a conversation; None for anything else."""
        is_list = isinstance(cell, list) and len(cell) > 0
        if is_list and all(isinstance(m, dict) and {"role", "content"} <= m.keys() for m in cell):
            return cls(tuple(cell))
        return None

    @property
    def letters(self) -> int:
        """How much is said, without what the template adds."""
        return sum(len(str(message["content"])) for message in self.messages)

    def written_by(self, tokenizer: Any) -> str:
        """The text that the tokenizer's chat template makes of it. Raises ValueError where there is none."""
        if getattr(tokenizer, "chat_template", None) is None:
            raise ValueError("the text holds conversations, and the model has no chat template; give plain text")
        try:
            return tokenizer.apply_chat_template(list(self.messages), tokenize=False)
        except Exception as error:  # a template is a program of the model's makers, which may refuse in its own words
            raise ValueError(
                f"the model's chat template refuses a conversation ({str(error).splitlines()[0]}); correct its roles"
            ) from error
