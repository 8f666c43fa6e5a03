"""Hidden neurons of modules of any shape."""

import pytest
import torch
from torch import nn

from pellucid.nets.classifiers.hidden_layers import cut, hidden_layers, masked, neuron_norms

ROWS = torch.randn(20, 6, generator=torch.Generator().manual_seed(0))


class Gated(nn.Module):
    """A gate times a value, as in language models."""

    def __init__(self):
        super().__init__()
        self.gate, self.up, self.down = nn.Linear(6, 9), nn.Linear(6, 9), nn.Linear(9, 3)

    def forward(self, x):
        return self.down(nn.functional.silu(self.gate(x)) * self.up(x))


class Skip(nn.Module):
    """Its inner width is that of its inputs, to which it is added: nothing can be cut there."""

    def __init__(self):
        super().__init__()
        self.one, self.two, self.out = nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 2)

    def forward(self, x):
        return self.out(x + self.two(torch.relu(self.one(x))))


def made(kind):
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return kind()


def test_finds_gates_and_values_together():
    assert [(one.writers, one.reader, one.width) for one in hidden_layers(made(Gated), ROWS)] == [
        (("gate", "up"), "down", 9)
    ]


def test_leaves_out_what_a_skip_connection_reaches():
    assert [one.reader for one in hidden_layers(made(Skip), ROWS)] == ["two"]


def test_norms_and_dropout():
    net = made(lambda: nn.Sequential(nn.Linear(6, 8), nn.LayerNorm(8), nn.Linear(8, 5), nn.Tanh(), nn.Linear(5, 2)))
    assert [one.reader for one in hidden_layers(net, ROWS)] == ["4"]
    with pytest.raises(ValueError, match="two runs on the same rows differ"):
        hidden_layers(nn.Sequential(nn.Linear(6, 5), nn.Dropout(), nn.Linear(5, 2)), ROWS)
    with pytest.raises(ValueError, match="no hidden layer"):
        hidden_layers(nn.Linear(6, 2), ROWS)


def test_what_is_cut_computes_what_is_masked():
    net = made(Gated)
    layers = hidden_layers(net, ROWS)
    kept = torch.arange(9) % 3 == 0
    with masked(net, layers, (kept,)), torch.no_grad():
        wanted = net(ROWS)
    smaller = cut(net, layers, (kept,))
    assert torch.allclose(smaller(ROWS), wanted, atol=1e-6)
    assert smaller.down.in_features == 3  # type: ignore[union-attr]
    assert net.down.in_features == 9
    rows = torch.cat(
        [net.gate.weight, net.gate.bias[:, None], net.up.weight, net.up.bias[:, None], net.down.weight.T], 1
    )
    assert torch.allclose(neuron_norms(net, layers)[0], rows.norm(dim=1), atol=1e-5)
