"""Model diffing: features planted in one of two models are found in that one, and nothing where nothing is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from pellucid.artifacts import ModelDiff
from pellucid.core import load_finding
from pellucid.look import ModelDiffing, ModelPair
from pellucid.look.diffing.latent_scaling import CrossCodes, latent_scaling
from pellucid.report import report_html

SMALL = ModelDiffing(by="crosscoder", width=48, k=2, steps=500, batch_size=512, control=False)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def pair(*, only_second=0, only_first=0, moved=0, features=24, rows=4000, width=32):
    """Sparse features, written alike in both models, but for some that one of them lacks or writes elsewhere."""
    drawn = generator(features + only_second)
    first = torch.nn.functional.normalize(torch.randn(features, width, generator=drawn), dim=1)
    second = first.clone()
    second[:only_first] = 0
    first[features - only_second :] = 0
    other = torch.nn.functional.normalize(torch.randn(moved, width, generator=drawn), dim=1)
    second[only_first : only_first + moved] = other
    fires = torch.rand(rows, features, generator=drawn) < 0.06
    strength = fires * (1 + torch.rand(rows, features, generator=drawn))
    noise = [0.02 * torch.randn(rows, width, generator=drawn) for _ in range(2)]
    tokens = fires.int().argmax(1) * fires.any(1) + features * ~fires.any(1)
    names = (*(f" f{i}" for i in range(features)), " none")
    return ModelPair(
        strength @ first + noise[0], strength @ second + noise[1], torch.arange(rows) // 40, tokens, names
    ), fires


@pytest.fixture(scope="module")
def planted():
    told, fires = pair(only_second=3, only_first=2, moved=3)
    return SMALL.explain(told), fires


def test_what_was_planted_is_found_in_the_model_that_has_it(planted):
    finding, _ = planted
    found = finding.artifact
    for verdict, count, mean in (("second only", 3, 1.0), ("first only", 2, 0.0), ("moved", 3, 0.5)):
        latents = found.of(verdict)
        assert count <= len(latents) <= count + 3
        assert found.share[latents].mean() == pytest.approx(mean, abs=0.1)
    assert len(found.of("shared")) >= 14
    assert finding.measured("tuned_only") == len(found.of("second only"))
    assert (found.absent[found.of("second only")] < 0.2).all()


def test_places_are_where_it_fires(planted):
    finding, _ = planted
    found = finding.artifact
    for latent in found.of("second only"):
        words = {max(place, key=lambda pair: pair[1])[0] for place in found.places[int(latent)]}
        assert words & {" f21", " f22", " f23"} or found.firings[latent] < 30


@pytest.mark.parametrize("seed", range(3))
def test_a_model_beside_itself_has_nothing_of_its_own(seed):
    told, _ = pair(rows=2000)
    same = replace(told, second=told.first)
    found = replace(SMALL, steps=120).explain(same, seed).artifact
    assert len(found.of("first only")) == len(found.of("second only")) == len(found.of("moved")) == 0


def test_the_control_is_told_beside_the_counts():
    told, _ = pair(only_second=2, rows=2000)
    finding = replace(SMALL, control=True, steps=200).explain(told)
    claim = finding.claim("tuned_only")
    assert claim.baseline is not None
    assert claim.value >= 2
    assert "beside itself" in claim.statement


def test_scaling_tells_a_latent_that_is_in_the_other_model_all_the_same():
    """Latent 0 is in the second model alone; latent 1 writes there alone, but the first model holds it as an error."""
    fires = torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0], [0.0, 1.0]])
    eye = torch.eye(2)
    missing = torch.zeros(4, 2)
    missing[:, 1] = fires[:, 1]
    codes = CrossCodes(
        fires, torch.tensor([[0, 1]]).expand(4, 2), (0 * eye, eye), (missing, torch.zeros(4, 2)),
        (torch.zeros(4, 2), fires @ eye),
    )  # fmt: skip
    assert latent_scaling(codes, 0, 1) == pytest.approx((0.0, 0.0))
    assert latent_scaling(codes, 1, 1) == pytest.approx((1.0, 0.0))


def test_it_is_saved_and_has_a_page(planted, tmp_path):
    finding, _ = planted
    finding.save(tmp_path)
    again = load_finding(tmp_path)
    assert again.artifact == finding.artifact
    assert isinstance(again.artifact, ModelDiff)
    assert "tuned" in report_html(finding)


def test_bad_input_says_what_to_do():
    told, _ = pair(rows=200)
    with pytest.raises(ValueError, match="run the same text through both"):
        ModelPair(told.first, told.second[:-1], told.sequences)
    with pytest.raises(ValueError, match="holds NaN"):
        ModelPair(told.first, told.second * np.nan, told.sequences)
    with pytest.raises(ValueError, match="are the same"):
        ModelPair(told.first, told.second, told.sequences, names=("a", "a"))
    with pytest.raises(ValueError, match="widths 32 and 16"):
        SMALL.explain(ModelPair(told.first, told.second[:, :16], told.sequences))
    with pytest.raises(ValueError, match="leaves one side empty"):
        SMALL.explain(ModelPair(told.first, told.second, torch.zeros(200).long()))
    with pytest.raises(ValueError, match="least=0"):
        replace(SMALL, least=0).explain(told)


def changed(where, how, rows=6000, width=32):
    """Activations of one model, and the same but for `how` at the tokens `where`."""
    drawn = generator(3)
    first = torch.randn(rows, width, generator=drawn) * torch.logspace(0.5, -1, width)
    tokens = torch.randint(0, 10, (rows,), generator=drawn)
    hits = where(tokens)[:, None]
    u, v = torch.nn.functional.normalize(torch.randn(2, width, generator=drawn), dim=1) * 6
    second = {"new": first + hits * u, "lost": first, "other": first + hits * v, "noise": first}[how]
    first = first + hits * u if how in ("lost", "other") else first
    if how == "noise":
        second = first + 2 * torch.nn.functional.normalize(torch.randn(rows, width, generator=drawn), dim=1)
    return ModelPair(first, second, torch.arange(rows) // 40, tokens, tuple(f" t{i}" for i in range(10)))


DIFFERENCE = ModelDiffing()


@pytest.mark.parametrize(("how", "verdict"), [("new", "second only"), ("lost", "first only"), ("other", "moved")])
def test_a_change_at_a_token_is_one_latent_of_the_right_model(how, verdict):
    finding = DIFFERENCE.explain(changed(lambda tokens: tokens == 4, how))
    found = finding.artifact
    latents = found.of(verdict)
    assert len(latents) == 1
    assert len(found.of("first only")) + len(found.of("second only")) + len(found.of("moved")) == 1
    assert found.firings[latents[0]] == pytest.approx(150, abs=40)
    peaks = {max(place, key=lambda pair: pair[1])[0] for place in found.places[int(latents[0])]}
    assert peaks == {" t4"}
    assert finding.claim("tuned_only").baseline == 0


def test_noise_is_nobodys_and_the_same_model_has_no_difference():
    for how, where in (("noise", lambda tokens: tokens < 0), ("new", lambda tokens: tokens < 0)):
        found = DIFFERENCE.explain(changed(where, how)).artifact
        assert len(found.of("first only")) + len(found.of("second only")) + len(found.of("moved")) == 0
    few = DIFFERENCE.explain(changed(lambda tokens: (tokens == 4) & (torch.arange(len(tokens)) % 40 == 0), "new"))
    assert any("the models differ at" in claim.evidence for claim in few.claims)
