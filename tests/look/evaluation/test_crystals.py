"""Parallelograms of words: found where they were put, and not where they were not."""

import torch

from pellucid.core import Undecided
from pellucid.look.evaluation.crystals import measure_crystals, relations

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
