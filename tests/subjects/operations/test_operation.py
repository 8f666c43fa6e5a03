"""Operations from modules and arrays, and what they refuse."""

import numpy as np
import pytest
import torch

from pellucid.nets.classifiers.pair_networks import PairMLP, PairTransformer
from pellucid.subjects import Operation, operation_of


def small(kind=PairTransformer, **options):
    return kind(5, 5, width=8, generator=torch.Generator().manual_seed(0), **options)


@pytest.mark.parametrize(
    ("network", "embedding"),
    [
        (small(heads=2), "embed"),
        (small(heads=2, layers=2, norm=True, causal=True), "embed"),
        (small(PairMLP), "embed"),
        (small(PairMLP, tables=2), ("embed", "embed_second")),
    ],
)
def test_embeddings_in_their_own_place_give_the_same_logits(network, embedding):
    found = operation_of(network, 5, embedding=embedding, batch=7)
    a, b = np.divmod(np.arange(25), 5)
    again = found.from_embeddings(np.stack([found.tables[0][a], found.tables[1][b]], 1))
    assert np.allclose(again.reshape(5, 5, 5), found.logits, atol=1e-5)
    assert found.tied == (embedding == "embed")


def test_a_token_that_follows_is_given_every_time():
    network = PairTransformer(6, 6, width=8, heads=2, length=3, generator=torch.Generator().manual_seed(1))
    found = operation_of(network, 5, embedding="embed", after=(5,))
    assert np.allclose(found.logits[2, 4], network(torch.tensor([[2, 4, 5]]))[0, :5].detach())
    moved = found.from_embeddings(np.stack([found.tables[0][[2]], found.tables[1][[4]]], 1))
    assert np.allclose(moved[0], found.logits[2, 4], atol=1e-5)


def test_a_module_that_answers_differently_each_time():
    class Noisy(torch.nn.Module):
        def forward(self, ab):
            return torch.rand(len(ab), 5)

    with torch.random.fork_rng(), pytest.raises(ValueError, match="answers differently"):
        operation_of(Noisy(), 5)


@pytest.mark.parametrize(
    ("logits", "said"),
    [
        (np.zeros((3, 3)), "give"),
        (np.zeros((3, 3, 4)), "give"),
        (np.full((3, 3, 3), np.nan), r"the pair \(0, 0\) is nan"),
        (np.zeros((513, 1, 1)), "give"),
        (np.zeros((1, 1, 1)), "give"),
        (np.full((3, 3, 3), 1e300), "scale them"),
        (np.array([[["a"] * 2] * 2] * 2), "real numbers"),
    ],
)
def test_refuses(logits, said):
    with pytest.raises(ValueError, match=said):
        Operation(logits)


def test_refuses_more_symbols_than_fit():
    with pytest.raises(ValueError, match="above 512"):
        Operation(np.broadcast_to(np.float32(0), (513, 513, 513)))
    with pytest.raises(ValueError, match="2 to 512"):
        operation_of(small(heads=2), 513)


def test_refuses_a_module_of_another_width():
    with pytest.raises(ValueError, match="fails on tokens"):
        operation_of(small(heads=2), 7)
    with pytest.raises(ValueError, match="should give"):
        operation_of(PairTransformer(9, 20, width=8, heads=2), 9)


def test_refuses_tables_and_targets_that_do_not_fit():
    cube = np.random.default_rng(0).normal(size=(3, 3, 3))
    with pytest.raises(ValueError, match="embeddings are"):
        Operation(cube, (np.zeros((2, 4)), np.zeros((3, 4))))
    with pytest.raises(ValueError, match="target is"):
        Operation(cube, target=np.full((3, 3), 3))
