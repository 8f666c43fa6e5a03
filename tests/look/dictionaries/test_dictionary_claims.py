"""The baselines of a dictionary: exactly as many numbers for each activation as it has itself."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.look.dictionaries.dictionary_claims import Measurements, dictionary_claims, fvu
from pellucid.nets.dictionaries.dictionary_scale import Scale

WIDTH, SIZE = 6, 8
SPREAD = torch.tensor([8.0, 4.0, 2.0, 1.0, 0.5, 0.25])


def rows(count, seed):
    """Uncorrelated columns, each with half of the next one's spread: every further component explains a known part."""
    noise = torch.randn(count, WIDTH, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    axes, _ = torch.linalg.qr(noise - noise.mean(0))
    return (axes * SPREAD * count**0.5).float()


def dictionary(k, **more):
    encoder, decoder = torch.eye(WIDTH, SIZE), torch.eye(SIZE, WIDTH)
    return Dictionary("TopK", encoder, decoder, torch.zeros(SIZE), torch.zeros(WIDTH), k, **more)


def measured(found, train, held):
    return Measurements.of(found, (train, train), (held, held), Scale.of(train, train))


@pytest.mark.parametrize("k", range(1, WIDTH + 1))
def test_as_many_principal_components_as_latents_fire(k):
    train = rows(400, 0)
    own = measured(dictionary(k), train, train)
    left = SPREAD.square()
    assert own.linear_fvu == pytest.approx(float(left[k:].sum() / left.sum()), abs=1e-5)
    claim = next(c for c in dictionary_claims(dictionary(k), own) if c.key == "fvu_beside_baseline")
    assert claim.baseline == own.linear_fvu
    assert claim.statement.startswith(f"the same beside {k} principal components")


def test_components_are_those_of_the_training_part():
    train, held = rows(400, 0), rows(100, 1)[:, torch.arange(WIDTH - 1, -1, -1)]  # held-out rows vary otherwise
    left = SPREAD.square()
    assert measured(dictionary(2), train, held).linear_fvu == pytest.approx(
        float(left[: WIDTH - 2].sum() / left.sum()), abs=1e-4
    )


def test_an_unknown_number_that_fires_is_set_beside_one_component():
    threshold = {"activation": "threshold", "threshold": torch.ones(SIZE)}
    train = rows(400, 0)
    left = SPREAD.square()
    found = measured(dictionary(0, **threshold), train, train)
    assert found.linear_fvu == pytest.approx(float(left[1:].sum() / left.sum()), abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 30), st.floats(0.0, 2.0), st.integers(0, 99))
def test_scaling_the_error_scales_the_fvu_by_its_square(count, factor, seed):
    generator = torch.Generator().manual_seed(seed)
    error, centred = (torch.randn(count, 3, generator=generator, dtype=torch.float64) for _ in range(2))
    value, uncertainty = fvu(error, centred)
    again = fvu(factor * error, centred)
    assert again[0] == pytest.approx(factor**2 * value)
    assert again[1] == pytest.approx(factor**2 * uncertainty, abs=1e-12)
    assert value >= 0
