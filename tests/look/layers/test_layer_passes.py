"""Passes through some of the layers are those of the network put together anew."""

import pytest
import torch
from torch import nn

from pellucid.look.layers.layer_passes import LayerPasses, swapped, without

from .taken_apart import by_hand

LAYERS = tuple(f"model.layers.{i}" for i in range(4))


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize(
    "order", [without(4, 0), without(4, 3), swapped(4, 1), swapped(4, 2), [None] * 4, [0, 1, 2, 3]]
)
def test_passes_are_those_of_the_network_put_together_anew(llama, tokens, order, cached):
    passes = LayerPasses.start(llama, LAYERS, tokens, cached)
    assert torch.equal(passes.run(order), by_hand(llama, tokens, order))
    assert torch.equal(passes.logits, llama(tokens).logits)  # and nothing is left behind


def test_the_cache_spares_layers(llama, tokens):
    calls = []
    handle = llama.model.layers[0].mlp.register_forward_hook(lambda *_: calls.append(1))
    passes = LayerPasses.start(llama, LAYERS, tokens)
    passes.run(without(4, 3))
    assert len(calls) == 1
    LayerPasses.start(llama, LAYERS, tokens, cached=False).run(without(4, 3))
    assert len(calls) == 3
    handle.remove()


def test_layers_that_return_tuples():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(4, 4)

        def forward(self, x, extra=None):
            return x + self.linear(x), "extra"

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList(Block() for _ in range(3))

        def forward(self, x):
            for block in self.blocks:
                x, extra = block(x)
                assert extra == "extra"
            return x

    torch.manual_seed(0)
    model, x = Model(), torch.ones(1, 2, 4)
    passes = LayerPasses.start(model, ("blocks.0", "blocks.1", "blocks.2"), x)
    with torch.no_grad():
        expected = model.blocks[2](model.blocks[0](x)[0])[0]
    assert torch.equal(passes.run([0, None, 2]), expected)
