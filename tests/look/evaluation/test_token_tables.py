"""Token tables: against counting one by one, on features whose truth is known, and on random ones."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.look.dictionaries.dictionary_at_site import DictionaryAtSite
from pellucid.look.dictionaries.feature_survey import FeatureSurvey
from pellucid.look.evaluation.token_tables import Firings, random_firings, score_tables
from pellucid.subjects.models.site import Site


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def firings_of(*masks):
    """Feature i fires where mask i is true."""
    places = [mask.nonzero()[:, 0] for mask in masks]
    features = torch.cat([torch.full_like(place, i) for i, place in enumerate(places)])
    return Firings(torch.cat(places), features, torch.ones(len(features)), len(masks))


def f1_by_counting(fires, said):
    hits = int((fires & said).sum())
    return 2 * hits / max(1, int(fires.sum()) + int(said.sum()))


@given(seed=st.integers(0, 10**6), words=st.integers(2, 12), share=st.floats(0.02, 0.9))
def test_scores_are_those_of_counting(seed, words, share):
    """A table's own tokens, taken as they are, say on each held-out place what the scores count."""
    drawn = generator(seed)
    tokens = torch.randint(0, words, (240,), generator=drawn)
    rows = torch.arange(240) // 20
    masks = [torch.rand(240, generator=drawn) < share, tokens < words // 2]
    found = score_tables(firings_of(*masks), tokens, rows, rows < 4)
    for feature, mask in enumerate(masks):
        table = found.table[found.table[:, 0] == feature, 1]
        said = torch.isin(tokens, table)[rows < 4]
        fires = mask[rows < 4]
        if fires.any():
            assert found.f1[feature] == pytest.approx(f1_by_counting(fires, said))
            assert found.recall[feature] == pytest.approx(float((fires & said).sum() / fires.sum()))
        assert found.firings[:, feature].sum() == fires.sum()


def test_a_feature_of_some_tokens_is_told_and_a_random_one_is_not():
    tokens = torch.randint(0, 40, (20_000,), generator=generator())
    rows = torch.arange(20_000) // 50
    chance = torch.rand(20_000, generator=generator(1)) < 0.05
    half = (tokens < 4) & (torch.rand(20_000, generator=generator(2)) < 0.5)
    found = score_tables(firings_of(tokens < 4, chance, half), tokens, rows, rows < 100)
    assert found.f1[0] == 1
    assert found.f1[1] < 0.2
    assert found.f1[2] == pytest.approx(2 / 3, abs=3 * float(found.f1_error()[2]))  # precision 1/2, recall 1
    assert found.first_tokens(6)[0].sort().values.tolist() == [-1, -1, 0, 1, 2, 3]


def test_a_word_seen_once_is_in_no_table_that_others_do_not_bear_out():
    """Each token once: whatever fires, no token tells of another, so that held-out words are not claimed."""
    tokens, rows = torch.arange(400), torch.arange(400) // 10
    fires = torch.rand(400, generator=generator()) < 0.3
    found = score_tables(firings_of(fires), tokens, rows, rows < 10)
    assert not len(found.table)
    assert float(found.f1[0]) == 0


def test_the_strongest_tokens_are_the_tip_of_a_feature():
    """It fires at all of ten tokens, most strongly at one: of the strongest firings alone a tenth is known."""
    tokens = torch.randint(0, 20, (8000,), generator=generator())
    rows = torch.arange(8000) // 40
    fires = firings_of(tokens < 10)
    values = 1.0 + (tokens[fires.tokens] == 3).float() * 9
    fires = Firings(fires.tokens, fires.features, values, 1)
    whole = score_tables(fires, tokens, rows, rows < 50)
    tip = score_tables(fires, tokens, rows, rows < 50, strongest=20)
    assert float(whole.f1[0]) == 1
    assert tip.table.tolist() == [[0, 3]]
    assert float(tip.precision[0]) == 1
    assert float(tip.recall[0]) == pytest.approx(0.1, abs=0.03)


def test_random_directions_are_as_dense_as_asked_whatever_the_scale():
    x = torch.randn(3000, 5, generator=generator()) * torch.tensor([1e6, 1.0, 1e-6, 3.0, 0.0])
    found = random_firings(x, torch.tensor([0.01, 0.2]), generator())
    assert torch.bincount(found.features).tolist() == [30, 600]


def test_the_error_is_about_the_spread_over_texts():
    """Standard errors against the spread of F1 over fresh texts of the same kind."""
    means, errors = [], []
    for seed in range(40):
        tokens = torch.randint(0, 10, (3000,), generator=generator(seed))
        rows = torch.arange(3000) // 30
        fires = (tokens < 3) & (torch.rand(3000, generator=generator(1000 + seed)) < 0.6)
        found = score_tables(firings_of(fires), tokens, rows, rows < 50)
        means.append(float(found.f1[0]))
        errors.append(float(found.f1_error()[0]))
    assert torch.tensor(errors).mean() == pytest.approx(float(torch.tensor(means).std()), rel=0.35)


def test_the_survey_says_so_of_each_feature():
    """One feature of a token; and one that fires at every other token of each row, whatever it is."""
    words = 12
    tokens = torch.randint(1, words, (80, 16), generator=generator())
    net = torch.nn.Embedding(words, words)
    net.weight.data = torch.eye(words)
    eye = torch.eye(words)
    dictionary = Dictionary("TopK", eye, eye, torch.zeros(words), torch.zeros(words), k=1)
    finding = FeatureSurvey(words=3).explain(DictionaryAtSite(dictionary, Site(net, "", tokens)))
    atlas = finding.artifact
    assert atlas.token_f1[1:].tolist() == [1.0] * (words - 1)
    assert atlas.told_by_tokens(1) == "told by its tokens"
    assert atlas.told_by_tokens(0) == ""  # never fires
    assert [atlas.vocabulary[i] for i in atlas.token_table[3] if i >= 0] == ["3"]
    assert finding.measured("token_f1") == 1
    assert finding.claim("token_f1").baseline < 1
    fires = finding.parts["firing"]
    place, strength = fires.of(4)
    assert len(place) == int((tokens == 4).sum())
    assert set(strength.tolist()) == {1.0}
