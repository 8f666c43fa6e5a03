"""Small transformers trained to copy what came after a token before (induction), and which of their heads do it.

A head looks at the token before where it gives that one more than `LEAST` of its attention, and is an induction head
where it gives as much to what came after the same token before (arXiv 2209.11895). Both are read from the attention of
the trained model, which no method that is tried here sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from pellucid.subjects import Contrast

LEAST = 0.4
"""Of a head's attention: half is what one of two tokens would get, and heads of small models share the work."""
VOCABULARY, HALF, GAP, STEPS = 40, 10, 6, 900
LENGTH = 2 * HALF + GAP


@dataclass(frozen=True)
class CircuitCase:
    """A model of one kind of transformers, with `heads` heads in each of two layers, trained from `seed`."""

    kind: str
    heads: int
    seed: int

    @property
    def name(self) -> str:
        return f"repeats_{self.kind}_{self.heads}_{self.seed}"

    def model(self) -> Any:
        """Trained to say the second occurrence of a row of tokens."""
        torch.manual_seed(self.seed)
        network = _network(self.kind, self.heads)
        optimiser = torch.optim.Adam(network.parameters(), 2e-3)
        for _ in range(STEPS):
            tokens = rows(32)
            logits = network(tokens).logits[:, LENGTH - HALF : -1]
            loss = cross_entropy(logits.reshape(-1, VOCABULARY), tokens[:, LENGTH - HALF + 1 :].reshape(-1))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        return network.eval().requires_grad_(False)


CASES = [CircuitCase(kind, heads, seed) for kind in ("llama", "neox", "opt") for heads in (2, 4) for seed in (0, 1)]


def rows(count: int) -> torch.Tensor:
    """Other tokens, distinct ones, others, and the distinct ones again, at a distance that is drawn for each row."""
    return torch.stack([_row(torch.randperm(VOCABULARY), int(torch.randint(GAP + 1, ()))) for _ in range(count)])


def _row(mixed: torch.Tensor, gap: int) -> torch.Tensor:
    twice, others = mixed[:HALF], mixed[HALF : HALF + GAP]
    return torch.cat([others[gap:], twice, others[:gap], twice])


def contrast(model: Any, count: int, seed: int) -> Contrast:
    """A row up to a token that is there for the second time; in the corrupted one another token stood there before."""
    generator = torch.Generator().manual_seed(seed)
    clean, corrupted, answers, wrong = [], [], [], []
    for _ in range(count):
        mixed = torch.randperm(VOCABULARY, generator=generator)
        gap = int(torch.randint(GAP + 1, (), generator=generator))
        at, elsewhere = torch.randperm(HALF - 1, generator=generator)[:2].tolist()
        row = _row(mixed, gap)
        end = LENGTH - HALF + at + 1
        shown = torch.cat([mixed[HALF + GAP : HALF + GAP + LENGTH - end], row[:end]])
        twin = shown.clone()
        twin[LENGTH - end + GAP - gap + at] = mixed[-1]
        clean.append(shown)
        corrupted.append(twin)
        answers.append(int(mixed[at + 1]))
        wrong.append(int(mixed[elsewhere + 1]))
    return Contrast(model, torch.stack(clean), torch.stack(corrupted), torch.tensor(answers), torch.tensor(wrong))


def known_heads(model: Any) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """(layer, head) of those that look at the token before, and of induction heads."""
    tokens = rows(64)
    with torch.no_grad():
        attention = model(tokens, output_attentions=True).attentions
    second = torch.arange(LENGTH - HALF, LENGTH - 1)
    first = torch.stack([(row[: LENGTH - HALF, None] == row[None, second]).float().argmax(0) for row in tokens])
    steps = torch.arange(1, LENGTH - HALF)
    before, induction = set(), set()
    for layer, weights in enumerate(attention):
        for head in range(weights.shape[1]):
            if float(weights[:, head, steps, steps - 1].mean()) > LEAST:
                before.add((layer, head))
            ahead = weights[:, head, second].gather(2, first[:, :, None] + 1)
            if float(ahead.mean()) > LEAST:
                induction.add((layer, head))
    return before, induction


def accuracy(model: Any) -> float:
    """How often the token that is likeliest is the one to copy."""
    tokens = rows(64)
    with torch.no_grad():
        guess = model(tokens).logits[:, LENGTH - HALF : -1].argmax(-1)
    return float(np.mean((guess == tokens[:, LENGTH - HALF + 1 :]).numpy()))


def _network(kind: str, heads: int) -> Any:
    import transformers

    plain: dict[str, Any] = {"vocab_size": VOCABULARY, "hidden_size": 64, "num_hidden_layers": 2,
                             "num_attention_heads": heads, "max_position_embeddings": 64,
                             "attn_implementation": "eager"}  # fmt: skip
    if kind == "llama":
        return transformers.LlamaForCausalLM(transformers.LlamaConfig(**plain, intermediate_size=64))
    if kind == "neox":
        config = transformers.GPTNeoXConfig(**plain, intermediate_size=64, use_parallel_residual=False)
        return transformers.GPTNeoXForCausalLM(config)
    config = transformers.OPTConfig(**plain, ffn_dim=64, word_embed_proj_dim=64, dropout=0.0)
    return transformers.OPTForCausalLM(config)
