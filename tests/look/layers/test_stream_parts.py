"""The parts of a layer are found from what they compute: constants, shared norms, decoys, streams that are no sum."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from pellucid.look.layers.stream_parts import parts_of_layers

WIDTH = 6


class Layer(nn.Module):
    """x + a f(norm(x)), then + b g(norm(that)), or both from one norm; `decoy` is computed and not added."""

    def __init__(self, first, second, parallel, post):
        super().__init__()
        self.one, self.two, self.decoy = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.a, self.b = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.first, self.second, self.parallel, self.post = first, second, parallel, post

    def forward(self, x):
        y = self.a(x)
        self.decoy(y)
        middle = x + self.first * self.one(y)
        out = middle + self.second * self.two(y if self.parallel else self.b(middle))
        return self.b(out) if self.post else out


def network(layers=2, **kind):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(WIDTH, WIDTH), nn.Sequential(*(Layer(**kind) for _ in range(layers))), nn.LayerNorm(6)
    )


NUMBERS = st.floats(0.2, 3.0) | st.just(1.0)


@given(first=NUMBERS, second=NUMBERS, parallel=st.booleans(), seed=st.integers(0, 99))
def test_parts_constants_and_readers(first, second, parallel, seed):
    x = torch.randn(2, 5, WIDTH, generator=torch.Generator().manual_seed(seed))
    net = network(first=first, second=second, parallel=parallel, post=False)
    parts, last = parts_of_layers(net, ("1.0", "1.1"), x)
    assert last == "2"
    for number, layer in enumerate(parts):
        assert [part.path for part in layer.written] == [f"1.{number}.one", f"1.{number}.two"]
        assert [part.scale for part in layer.written] == pytest.approx([first, second], rel=1e-3)
        readers = [(f"1.{number}.a", 0)] + ([] if parallel else [(f"1.{number}.b", 1)])
        assert list(layer.readers) == readers


def test_a_sum_that_is_normalised_is_none():
    net = network(first=1.0, second=1.0, parallel=False, post=True)
    with pytest.raises(ValueError, match=r"'1.0' puts out no sum .* normalises or gates the sum"):
        parts_of_layers(net, ("1.0", "1.1"), torch.randn(2, 5, WIDTH))


class Rows(nn.Module):
    """x + f(x), where f is given the vectors one after the other: row by row, or place by place."""

    def __init__(self, by_place):
        super().__init__()
        self.norm, self.map, self.by_place = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, WIDTH), by_place

    def forward(self, x):
        ordered = x.transpose(0, 1) if self.by_place else x
        added = self.map(self.norm(ordered.reshape(-1, WIDTH))).reshape(ordered.shape)
        return x + (added.transpose(0, 1) if self.by_place else added)


def test_vectors_that_come_as_plain_rows_are_the_streams_in_its_order_only():
    x = torch.randn(2, 5, WIDTH, generator=torch.Generator().manual_seed(0))
    for by_place in (False, True):
        torch.manual_seed(0)
        net = nn.Sequential(nn.Sequential(Rows(by_place), Rows(by_place)), nn.LayerNorm(WIDTH))
        if by_place:
            with pytest.raises(ValueError, match="puts out no sum"):
                parts_of_layers(net, ("0.0", "0.1"), x)
            continue
        parts, last = parts_of_layers(net, ("0.0", "0.1"), x)
        assert last == "1"
        assert [(layer.written[0].path, layer.readers) for layer in parts] == [
            (f"0.{i}.map", ((f"0.{i}.norm", 0),)) for i in (0, 1)
        ]


def test_a_layer_that_is_run_twice_is_told():
    torch.manual_seed(0)
    layer = Rows(False)
    net = nn.Sequential(nn.Sequential(layer, layer), nn.LayerNorm(WIDTH))
    with pytest.raises(ValueError, match=r"'0.0' is run 2 times in a pass; give a model that has each layer once"):
        parts_of_layers(net, ("0.0", "0.1"), torch.randn(2, 5, WIDTH))
