"""Crystals, lobes and the shape of the cloud: found where they were put, and not where they were not."""

import numpy as np
import pytest
import torch

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.core import Undecided
from pellucid.look.evaluation.crystals import measure_crystals, relations
from pellucid.look.evaluation.lobes import measure_lobes
from pellucid.look.evaluation.point_cloud import measure_point_cloud, power_law
from pellucid.look.evaluation.sample import take_sample
from pellucid.subjects.models.activations import Activations

WIDTH = 24
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def vocabulary(count=60):
    """Stems, and half of them with an s, half with ing."""
    stems = [f" {LETTERS[i % 26]}{LETTERS[i // 26]}{LETTERS[i * 7 % 26]}ab" for i in range(count)]
    return stems, [stem + ("s" if i % 2 else "ing") for i, stem in enumerate(stems)]


def words(step, distractor=0.0, count=60, seed=0):
    """Vectors of each word three times: the ending adds its own direction, and a random amount of another one."""
    stems, ends = vocabulary(count)
    base = torch.randn(count, WIDTH, generator=generator(seed))
    directions = torch.eye(WIDTH)
    amount = distractor * torch.randn(count, 1, generator=generator(seed + 1))
    own = torch.stack([directions[i % 2] for i in range(count)])
    ended = base + step * own + amount * directions[5] + 0.05 * torch.randn(count, WIDTH, generator=generator(seed + 2))
    vectors = torch.cat([base, ended]).repeat_interleave(3, 0)
    return vectors, torch.arange(2 * count).repeat_interleave(3), [*stems, *ends]


def test_relations_are_told_by_spelling():
    found = relations([" ship", " ships", " sail", " sailed", " sailing", " Sail", "ships", " quick", " quickly"])
    assert found == {"plural": [(0, 1)], "past": [(2, 3)], "gerund": [(2, 4)], "adverb": [(7, 8)], "capital": [(2, 5)]}


def test_parallelograms_are_found_on_words_held_out():
    _, data = measure_crystals(*words(1.0), generator())
    assert data["pairs"] == {"plural": 30, "gerund": 30}
    assert data["plain"] > 0.8
    assert abs(data["plain_shuffled"]) < 0.2


def test_discriminant_analysis_takes_a_distractor_away():
    claims, data = measure_crystals(*words(1.0, distractor=4.0), generator())
    assert data["projected"] > data["plain"] + 0.3
    assert abs(data["projected_shuffled"]) < 0.3
    assert claims[1].baseline == data["projected_shuffled"]


def test_endings_that_mean_nothing_are_not_parallel():
    _, data = measure_crystals(*words(0.0, distractor=1.0), generator())
    assert abs(data["plain"]) < 0.1
    assert abs(data["projected"]) < 0.3


def test_too_few_words_say_so():
    claims, data = measure_crystals(*words(1.0, count=6), generator())
    assert isinstance(claims[0], Undecided)
    assert data == {}


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


def test_a_power_law_is_told_from_an_isotropic_cloud():
    rows = torch.randn(2000, WIDTH, generator=generator())
    steep = rows * torch.arange(1, WIDTH + 1) ** -0.75
    claims, data = measure_point_cloud(steep, rows, generator())
    assert data["slope"] == pytest.approx(-1.5, abs=0.1)
    assert data["straight"] > 0.98
    assert abs(data["slope_isotropic"]) < 0.2
    assert abs(data["slope_of_activations"]) < 0.2
    assert claims[0].uncertainty < 0.1
    assert measure_point_cloud(rows[:WIDTH], rows, generator()) == ([], {})
    assert np.isfinite(power_law(torch.ones(30, 4).double() + 1e-3 * torch.rand(30, 4).double())[0])
