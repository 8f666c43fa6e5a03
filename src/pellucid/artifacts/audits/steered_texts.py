"""What a model writes with features steered, beside what it writes by itself and along directions drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from ...core.artifact import Artifact


@dataclass(frozen=True)
class SteeredTexts(Artifact):
    """Prompt i goes on as `plain[i]` by itself, as `steered[i]`, and as `drawn[i]` along a random direction.

    `kl[i]` is the divergence, in nats a token, of the steered predictions from the plain ones on the plain text,
    `drawn_kl[i]` that of random directions of the same length; perplexities are the plain model's, of what was written
    (infinite where it is nothing). `promoted` are the words that the steps promote most, and `promoted_change[i]` by
    how much their log-probabilities rise on average (`drawn_change[i]`: along the random directions).
    """

    steps: tuple[str, ...]
    prompts: tuple[str, ...]
    plain: tuple[str, ...]
    steered: tuple[str, ...]
    drawn: tuple[str, ...]
    kl: tuple[float, ...]
    drawn_kl: tuple[float, ...]
    plain_perplexity: tuple[float, ...]
    steered_perplexity: tuple[float, ...]
    drawn_perplexity: tuple[float, ...]
    promoted: tuple[str, ...] = ()
    promoted_change: tuple[float, ...] = ()
    drawn_change: tuple[float, ...] = ()

    kind = "steered_texts"

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, tuple(getattr(self, field.name)))
        each = {name: len(getattr(self, name)) for name in ("plain", "steered", "drawn", "kl", "drawn_kl")}
        if set(each.values()) != {len(self.prompts)}:
            raise ValueError(f"{each} are not one for each of {len(self.prompts)} prompts; give one of each")

    def describe(self) -> str:
        return f"{', '.join(self.steps)} on {len(self.prompts)} prompt{'s' * (len(self.prompts) != 1)}"

    def to_dict(self) -> dict[str, Any]:
        return {name: list(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(**data)
