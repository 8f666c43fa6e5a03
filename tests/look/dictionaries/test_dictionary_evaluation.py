"""What a dictionary is worth: figures that are known beforehand, the rules for bad input, and repeatability."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import normalize

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.artifacts.features.dictionary_quality import DictionaryQuality
from pellucid.core import Measured, Undecided
from pellucid.look.dictionaries.dictionary_at_site import DictionaryAtSite
from pellucid.look.dictionaries.dictionary_evaluation import DictionaryEvaluation, evaluate
from pellucid.look.evaluation.dark_matter import measure_dark_matter
from pellucid.look.evaluation.dense_latents import Unembedding, antipodality, measure_dense_latents
from pellucid.look.evaluation.geometry import measure_duplicates, measure_geometry, nearest
from pellucid.look.evaluation.latents import effective_number, frequencies, measure_latents
from pellucid.look.evaluation.loss_recovered import measure_loss
from pellucid.look.evaluation.reconstruction import measure_reconstruction
from pellucid.look.evaluation.sample import take_sample
from pellucid.look.evaluation.sparse_probing import measure_sparse_probing
from pellucid.look.evaluation.uncertainty import jackknife
from pellucid.subjects.models.activations import Activations
from pellucid.subjects.models.site import Site

WIDTH, ROWS, LENGTH = 8, 24, 32


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def identity(width=WIDTH, k=WIDTH):
    """Reconstructs what is positive, with a feature for each dimension."""
    eye = torch.eye(width)
    return Dictionary("TopK", eye, eye, torch.zeros(width), torch.zeros(width), k=k)


def activations(values, length=LENGTH):
    return Activations(values, positions=torch.arange(length).repeat(len(values) // length))


def positive(seed=0):
    return activations(torch.rand(ROWS * LENGTH, WIDTH, generator=generator(seed)) + 0.1)


class Tiny(nn.Module):
    """Tokens to logits: after token t comes t + 1, as it does in the texts."""

    def __init__(self, vocabulary=11, width=WIDTH):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.head = nn.Linear(width, vocabulary, bias=False)
        self.embed.weight.data = 4 * normalize(torch.randn(vocabulary, width, generator=generator()), dim=1)
        self.head.weight.data = self.embed.weight.data.roll(1, 0).clone()

    def forward(self, tokens):
        return self.head(self.embed(tokens))


@pytest.fixture(scope="module")
def site():
    starts = torch.randint(0, 11, (16, 1), generator=generator())
    return Site(Tiny(), "embed", (starts + torch.arange(12)) % 11)


def both_signs(width=WIDTH):
    """Reconstructs exactly: each dimension has a feature for what is above 0 and one for what is below."""
    eye = torch.eye(width)
    rows = torch.cat([eye, -eye])
    return Dictionary("TopK", rows.T, rows, torch.zeros(2 * width), torch.zeros(width), k=width)


def test_the_jackknife_of_a_mean_is_its_standard_error():
    values = torch.rand(40, generator=generator()).double()
    parts = torch.stack([values, torch.ones_like(values)], 1)
    value, error = jackknife(lambda total: total[:, 0] / total[:, 1], parts)
    assert value == pytest.approx(float(values.mean()))
    assert error == pytest.approx(float(values.std() / 40**0.5))
    assert jackknife(lambda total: total[:, 0], parts[:1])[1] is None


def test_a_perfect_dictionary_leaves_nothing_over():
    _, data = measure_reconstruction(take_sample(identity(), positive()))
    assert data["fvu"] == pytest.approx(0, abs=1e-10)
    assert data["l0"] == WIDTH


def test_one_that_says_the_mean_leaves_everything():
    x = positive()
    zero = torch.zeros(WIDTH, WIDTH)
    nothing = Dictionary("TopK", zero, zero, torch.zeros(WIDTH), x.values.mean(0), k=1)
    claims, data = measure_reconstruction(take_sample(nothing, x))
    assert data["fvu"] == pytest.approx(1)
    assert isinstance(claims[0], Measured)


def test_attention_sinks_are_left_out_and_counted():
    x = positive()
    values = x.values.clone()
    values[::LENGTH] *= 1000
    sample = take_sample(identity(), activations(values))
    assert sample.sinks == ROWS
    assert (sample.positions > 0).all()
    assert measure_reconstruction(sample)[1]["sinks"] == ROWS


def test_dead_and_dense_features_and_their_effective_number():
    values = torch.zeros(4 * LENGTH, WIDTH)
    values[torch.arange(len(values)), torch.arange(len(values)) % 4] = 1.0
    sample = take_sample(identity(k=1), activations(values))
    claims, data = measure_latents(sample)
    assert (data["dead"], data["dense"]) == (4, 4)
    assert frequencies(sample)[:4].tolist() == [0.25] * 4
    assert effective_number(sample)[0] == pytest.approx(4)
    assert claims[0].evidence == "4 of 8"


def test_the_cross_entropy_is_recovered_by_an_exact_dictionary(site):
    exact = both_signs()
    claims, data, losses = measure_loss(exact, site, take_sample(exact, site))
    assert data["recovered_from_mean"] == pytest.approx(1, abs=1e-4)
    assert data["recovered_from_zero"] == pytest.approx(1, abs=1e-4)
    assert losses is not None
    assert losses.loss.shape == losses.entropy.shape == (16, 12)
    assert float(losses.entropy.max()) <= math.log(11) + 1e-5
    assert all(isinstance(claim, Measured) for claim in claims)


def test_an_error_that_is_linear_is_found_to_be(site):
    """The dictionary leaves out half of the dimensions, so its error is a linear map of the activation."""
    half = torch.diag((torch.arange(WIDTH) < 4).float())
    dictionary = Dictionary("TopK", torch.eye(WIDTH), half, torch.zeros(WIDTH), torch.zeros(WIDTH), k=WIDTH)
    sample = take_sample(dictionary, activations(torch.rand(64 * LENGTH, WIDTH, generator=generator()) + 1))
    _, data = measure_dark_matter(sample, generator())
    assert data["error_r2"] == pytest.approx(1, abs=1e-4)
    assert 0.5 < data["norm_r2"] <= 1
    assert data["nonlinear_fvu"] == pytest.approx(0, abs=1e-4)
    assert data["linear_fvu"] == pytest.approx(data["fvu"], abs=1e-4)


def test_too_few_tokens_say_so_instead_of_a_figure():
    claims, data = measure_dark_matter(take_sample(identity(), activations(torch.rand(8, WIDTH), 4)), generator())
    assert isinstance(claims[0], Undecided)
    assert data == {}


def test_antipodal_pairs_are_found():
    signs = both_signs()
    scores, partners = antipodality(signs.encoder, signs.decoder, torch.arange(WIDTH))
    assert scores.tolist() == [1.0] * WIDTH
    assert partners.tolist() == list(range(WIDTH, 2 * WIDTH))
    sample = take_sample(signs, activations(torch.randn(ROWS * LENGTH, WIDTH, generator=generator())))
    _, data = measure_dense_latents(sample, signs.encoder, signs.decoder)
    assert data["antipodal"] == 1
    assert len(data["features"]) == data["dense"]


def test_a_feature_that_follows_the_position_is_told_as_such():
    values = torch.rand(ROWS * LENGTH, WIDTH, generator=generator()) * 0.1
    values[:, 3] += torch.arange(LENGTH).repeat(ROWS).float().log1p()
    sample = take_sample(identity(), activations(values))
    dictionary = identity()
    words = Unembedding(torch.eye(WIDTH), tuple("abcdefgh"))
    table = measure_dense_latents(sample, dictionary.encoder, dictionary.decoder, words)[1]["features"]
    assert next(row for row in table if row["feature"] == 3)["kind"] == "position"
    assert sum(row["kind"] == "position" for row in table) == 1


def test_duplicates_across_experts_only_count_across():
    rows = normalize(torch.randn(8, 16, generator=generator()), dim=1)
    same_expert = torch.cat([rows, rows, torch.randn(16, 16, generator=generator(1))])
    across = torch.cat(
        [rows, torch.randn(8, 16, generator=generator(2)), rows, torch.randn(8, 16, generator=generator(3))]
    )
    alive = torch.arange(32)
    assert measure_duplicates(same_expert, alive, 2, generator())[1]["duplicates"] == 0
    assert measure_duplicates(across, alive, 2, generator())[1]["duplicates"] == 0.5
    assert measure_duplicates(same_expert, alive, 1, generator())[1]["duplicates"] == 0.5


def test_nearest_features_leave_the_feature_itself_out():
    cosines, near = nearest(torch.randn(40, 6, generator=generator()), 3)
    assert not (near == torch.arange(40)[:, None]).any()
    assert (cosines[:, 0] >= cosines[:, 1]).all()


def test_features_in_parallelograms_are_more_parallel_than_chance():
    """Pairs of concepts (a country, its capital): the difference is always the same."""
    countries, capital = torch.randn(14, 32, generator=generator()), 0.3 * torch.randn(1, 32, generator=generator(1))
    decoder = torch.cat([countries, countries + capital])
    encoder = torch.randn(32, 28, generator=generator(2))
    dictionary = Dictionary("TopK", encoder, decoder, torch.zeros(28), torch.zeros(32), k=4)
    sample = take_sample(dictionary, activations(torch.randn(ROWS * LENGTH, 32, generator=generator(3))))
    _, data = measure_geometry(sample, decoder, generator())
    assert data["parallelograms"] > 2 * data["parallelograms_by_chance"] + 1e-4
    assert -1 <= data["lobes"] <= 1


def test_sparse_probing_reports_the_plain_probe_first():
    x = positive()
    labels = {"first is large": (x.values[:, 0] > 0.6).numpy(), "never": np.zeros(x.count, bool)}
    claims, data = measure_sparse_probing(take_sample(identity(), x), labels, features=2)
    assert set(data["tasks"]) == {"first is large"}
    assert claims[0].statement.startswith("plain probe")
    assert claims[0].value > 0.9
    assert claims[1].baseline == claims[0].value


def test_all_of_it_is_repeatable_and_can_be_saved(site):
    first, again = (evaluate(both_signs(), site, seed=3, sequences=8) for _ in range(2))
    assert first.artifact == again.artifact
    assert first.claims == again.claims
    data = json.loads(json.dumps(first.artifact.to_dict()))
    assert DictionaryQuality.from_dict(data, {}) == first.artifact
    assert "cross-entropy recovered" in first.artifact.describe()


def test_activations_alone_are_enough_for_what_needs_no_model():
    found = evaluate(identity(), positive())
    assert "loss" not in found.artifact.figures
    assert found.artifact.figures["reconstruction"]["fvu"] < 1e-9


def test_bad_input_says_what_to_do(site):
    with pytest.raises(ValueError, match=r"width 8, the dictionary 5; give the site"):
        DictionaryAtSite(identity(5, 2), site)
    with pytest.raises(ValueError, match="use some of"):
        DictionaryEvaluation(measures=("beauty",)).explain(DictionaryAtSite(both_signs(), site))
    with pytest.raises(ValueError, match="tokens=0 measures nothing"):
        DictionaryEvaluation(tokens=0).explain(DictionaryAtSite(both_signs(), site))
