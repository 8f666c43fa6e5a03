import torch

from pellucid.look.evaluation.dense_latents import Unembedding
from pellucid.look.unembedding import logit_effects, words_of_text


def unembedding() -> Unembedding:
    matrix = torch.tensor([[9.0, 0.0], [2.0, 0.0], [0.0, 3.0], [-11.0, -3.0]])
    return Unembedding(matrix, ("rare", "word", "other", "never"))


def test_effects_are_of_unit_directions_and_less_the_mean():
    up, most, down, least = logit_effects(unembedding(), torch.tensor([[5.0, 0.0]]), 1)
    assert (most.tolist(), least.tolist()) == ([[0]], [[3]])
    assert (up.tolist(), down.tolist()) == ([[9.0]], [[-11.0]])


def test_only_the_words_among_which_it_looks_are_named_by_their_own_numbers():
    up, most, _, least = logit_effects(unembedding(), torch.tensor([[1.0, 0.0]]), 5, among=torch.tensor([1, 2]))
    assert most.tolist() == [[1, 2]]
    assert least.tolist() == [[2, 1]]
    assert up.tolist() == [[2.0, 0.0]]


def test_words_of_a_text_are_those_that_occur_twice_where_there_are_enough():
    tokens = torch.tensor([[5, 7, 5], [7, 1, 9]])
    found = words_of_text(tokens, least=2)
    assert found is not None
    assert found.tolist() == [5, 7]
    assert words_of_text(tokens, least=3) is None
