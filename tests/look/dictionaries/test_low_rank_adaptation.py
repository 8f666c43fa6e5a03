"""Adapters around a dictionary: the gap closes, the network itself does not change, an interrupt costs little."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.look.dictionaries.dictionary_at_site import DictionaryAtSite
from pellucid.look.dictionaries.low_rank_adaptation import LowRankAdaptation, _claims, _linear_after, adapted
from pellucid.subjects.models.activations import Activations
from pellucid.subjects.models.site import Site

WIDTH = 8


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def place():
    """The dictionary drops one half of each activation; the next token is the same again."""
    net = nn.Sequential(nn.Embedding(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH))
    net[0].weight.data = torch.eye(WIDTH) + 1
    for i in (1, 2):
        net[i].weight.data, net[i].bias.data = 1.5 * torch.eye(WIDTH), torch.zeros(WIDTH)
    half = torch.diag(torch.linspace(1, 0.3, WIDTH))
    dictionary = Dictionary("TopK", torch.eye(WIDTH), half, torch.zeros(WIDTH), torch.zeros(WIDTH), k=WIDTH)
    tokens = torch.randint(0, WIDTH, (24, 1), generator=generator()).expand(24, 12).contiguous()
    return DictionaryAtSite(dictionary, Site(net, "0", tokens))


METHOD = LowRankAdaptation(rank=4, steps=60, learning_rate=0.05, judged=8, save_every=20)


@pytest.fixture(scope="module")
def finding(place):
    return METHOD.explain(place)


def test_the_gap_closes(finding):
    figures = finding.parts["quality"].figures["low_rank"]["cross_entropy"]
    assert figures["model"] < figures["adapted"] < figures["dictionary"]
    assert finding.claims[0].value > 0.5
    assert finding.claims[0].baseline is not None
    assert "held-out tokens" in finding.claims[0].statement
    divergence = finding.parts["quality"].figures["low_rank"]["divergence"]
    assert divergence["adapted"] < divergence["dictionary"]
    closed = next(claim for claim in finding.claims if "divergence" in claim.statement)
    assert closed.value == pytest.approx(1 - divergence["adapted"] / divergence["dictionary"])
    assert set(finding.artifact.weights) == {"1.A", "1.B", "2.A", "2.B"}


def test_the_network_and_the_random_state_stay_as_they_were(place):
    before, state = copy.deepcopy(place.site.model.state_dict()), torch.get_rng_state()
    LowRankAdaptation(rank=1, steps=2, judged=4).explain(place)
    assert all(torch.equal(value, before[name]) for name, value in place.site.model.state_dict().items())
    assert torch.equal(state, torch.get_rng_state())
    assert not any(module._forward_hooks for module in place.site.model.modules())


def test_an_adapter_adds_its_low_rank_map():
    net = nn.Sequential(nn.Linear(3, 2))
    x, a, b = torch.ones(1, 3), torch.ones(1, 3), torch.ones(2, 1)
    with adapted(net, {"0": (a, b)}):
        assert torch.allclose(net(x), net[0].weight.sum(1) + net[0].bias + 3)


def test_it_goes_on_where_it_stopped(place, finding, tmp_path):
    class Stop(Exception):
        pass

    class Stopping:
        steps = 0

        def start(self, label, total):
            self.label = label

        def advance(self, steps=1, note=""):
            self.steps += steps
            if self.label == "low-rank control" and self.steps > 90:
                raise Stop

        def finish(self):
            pass

    with pytest.raises(Stop):
        METHOD.explain(place, reporter=Stopping(), checkpoint=tmp_path)
    assert (tmp_path / "adapter.safetensors").is_file()
    resumed = METHOD.explain(place, checkpoint=tmp_path)
    assert resumed.claims == finding.claims
    with pytest.raises(ValueError, match="another job"):
        METHOD.explain(place, 1, checkpoint=tmp_path)


def test_what_goes_into_a_module_is_a_site_too(place):
    """The module itself and all that is in it come after the site."""
    names = {"1@input": {"1", "2"}, "1": {"2"}}
    for path, expected in names.items():
        found = _linear_after(place.site.model, path, place.site.given.part(slice(0, 1)))
        assert set(found) == expected


def test_bad_input_says_what_to_do(place):
    with pytest.raises(ValueError, match="judged=99 of 24"):
        LowRankAdaptation(judged=99).explain(place)
    with pytest.raises(ValueError, match="rank=0"):
        LowRankAdaptation(rank=0).explain(place)
    with pytest.raises(ValueError, match="no tokens to predict"):
        METHOD.explain(DictionaryAtSite(place.dictionary, Activations(torch.rand(50, WIDTH))))
    last = DictionaryAtSite(place.dictionary, Site(place.site.model, "2", place.site.tokens))
    with pytest.raises(ValueError, match="no linear map comes after"):
        METHOD.explain(last)


def test_a_control_that_wins_more_than_the_gap_is_told():
    """Cross-entropy and divergence of three sequences: the control takes away 1.0 where the dictionary adds 0.2."""
    own = torch.tensor([[4.0, 0.0], [4.2, 0.0], [3.8, 0.0]]).double()

    def shifted(loss, apart):
        return own + torch.tensor([loss, apart]).double()

    costs = {
        "model": own, "dictionary": shifted(0.2, 0.4), "adapted": shifted(0.1, 0.3),
        "adapter_without_dictionary": shifted(0.05, 0.1), "control": shifted(-1.0, 0.5),
    }  # fmt: skip
    claims = _claims(costs, 384)
    assert claims[0].value == pytest.approx(0.5)
    assert claims[0].baseline == pytest.approx(-0.25)
    assert claims[1].value == pytest.approx(0.25)
    assert claims[-1].value == pytest.approx(1.0)
    assert claims[-1].statement.endswith("could seem to close the gap without closing it")
    assert "which is less" not in _claims({**costs, "control": shifted(-0.1, 0.5)}, 384)[-1].statement
