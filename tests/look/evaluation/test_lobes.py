"""Lobes: found where features of one kind of text lie together, and not where they lie anywhere."""

import torch

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.look.evaluation.lobes import measure_lobes
from pellucid.look.evaluation.sample import take_sample
from pellucid.subjects.models.activations import Activations

WIDTH = 24


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def lobes(lie_together):
    """30 features in each of three kinds of text; their directions lie together, or anywhere."""
    centres = torch.eye(3, WIDTH).repeat_interleave(30, 0) if lie_together else torch.zeros(90, WIDTH)
    decoder = 2 * centres + 0.5 * torch.randn(90, WIDTH, generator=generator())
    kinds = torch.arange(60) % 3
    on = kinds.repeat_interleave(8)[:, None] * 30 + torch.randint(0, 30, (480, 6), generator=generator(1))
    codes = torch.zeros(480, 90).scatter_(1, on, 1.0)
    eye = torch.eye(90)
    dictionary = Dictionary("TopK", eye, eye, torch.zeros(90), torch.zeros(90), k=6)
    sample = take_sample(dictionary, Activations(codes, positions=torch.arange(8).repeat(60)))
    return measure_lobes(sample, torch.arange(90), decoder, generator())


def test_lobes_are_found_where_they_lie_together():
    claims, data = lobes(lie_together=True)
    assert sorted(data["lobe_sizes"]) == [30, 30, 30]
    assert data["lobes"] > 0.8
    assert data["lobe_accuracy"] > 0.9
    assert claims[0].baseline < 0.05
    assert data["lobe_accuracy_by_chance"] < 0.5


def test_no_lobes_are_found_where_directions_are_random():
    _, data = lobes(lie_together=False)
    assert abs(data["lobes"]) < 0.1
    assert abs(data["lobe_accuracy"] - 1 / 3) < 0.15
