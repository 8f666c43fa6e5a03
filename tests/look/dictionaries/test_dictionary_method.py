import pytest
import torch

from pellucid.core import Measured
from pellucid.look import (
    BatchTopKSAE,
    Crosscoder,
    GatedSAE,
    JumpReLUSAE,
    MatryoshkaSAE,
    SwitchSAE,
    TopKSAE,
    Transcoder,
)
from pellucid.subjects.models.activations import Activations

SMALL = {"width": 48, "k": 3, "steps": 150, "batch_size": 128, "learning_rate": 1e-2}


def directions(n=24, width=12, seed=0):
    return torch.nn.functional.normalize(torch.randn(n, width, generator=torch.Generator().manual_seed(seed)))


def sparse_rows(rows=3000, seed=1, n=24):
    """Few of many directions add up, and a constant: what dictionaries are for."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(rows, n, generator=generator) * (torch.rand(rows, n, generator=generator) < 0.1)


X = 40 * sparse_rows() @ directions() + 7
ALL = [TopKSAE, BatchTopKSAE, JumpReLUSAE, GatedSAE, MatryoshkaSAE, SwitchSAE]


def figure(finding, words):
    return next(claim for claim in finding.claims if isinstance(claim, Measured) and words in claim.statement)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_explains_more_than_as_many_components(kind):
    more = {"experts": 2} if kind is SwitchSAE else {}
    finding = kind(**SMALL, **more).explain(X)
    claim = figure(finding, "principal components")
    assert claim.value < claim.baseline
    assert figure(finding, "the mean leaves all").value == claim.value
    fires = figure(finding, "(L0)").value
    assert fires <= 3 if finding.artifact.activation == "top_k" else 1 < fires < 6


def test_claims_are_those_of_the_artifact():
    finding = TopKSAE(**SMALL).explain(X)
    generator = torch.Generator().manual_seed(0)
    _, held = Activations(X).split(0.1, generator)
    error = (finding.artifact.reconstruct(held.values) - held.values).square().sum()
    rest = (held.values - X.mean(0)).square().sum()
    assert figure(finding, "the mean leaves all").value == pytest.approx(float(error / rest), rel=0.02)


def test_matryoshka_says_what_its_parts_do():
    finding = MatryoshkaSAE(**SMALL).explain(X)
    parts = [claim.value for claim in finding.claims if "latents alone" in claim.statement]
    assert len(parts) == 4
    assert parts == sorted(parts, reverse=True)
    assert finding.artifact.groups == (3, 6, 12, 24, 48)


def test_switch_says_how_busy_its_experts_are():
    assert figure(SwitchSAE(**SMALL, experts=4).explain(X), "busiest expert").baseline == 0.25


def test_transcoder():
    y = X[:, :5].relu() @ torch.randn(5, 4, generator=torch.Generator().manual_seed(3))
    finding = Transcoder(**SMALL).explain(Activations(X, targets=y))
    assert (finding.artifact.width, finding.artifact.width_out) == (12, 4)
    claim = figure(finding, "best linear map")
    assert 0 <= claim.value < 1
    assert 0 <= claim.baseline < 1
    with pytest.raises(ValueError, match="the activations have no targets"):
        Transcoder(**SMALL).explain(X)


def test_crosscoder_tells_what_is_at_one_site_only():
    codes = sparse_rows()
    shared, first, second = codes.split(8, 1)
    a = shared @ directions(8, 12, 4) + first @ directions(8, 12, 5)
    b = 50 * (shared @ directions(8, 12, 6) + second @ directions(8, 12, 7)) + 3
    method = Crosscoder(**{**SMALL, "steps": 600}, sites=("a", "b"))
    found = method.explain((a, b))
    share = [figure(found, f"their norm at {name}").value for name in "ab"]
    assert all(0.1 < value < 0.6 for value in share)
    errors = [figure(found, f"FVU at {name}").value for name in "ab"]
    whole = torch.cat([a, b], 1)
    error = found.artifact.reconstruct(whole) - whole
    for value, part, site in zip(errors, error.split(12, 1), (a, b), strict=True):
        assert value < 0.5
        assert float(part.square().sum() / (site - site.mean(0)).square().sum()) == pytest.approx(value, abs=0.05)
    pair = method.explain(Activations(a, targets=b))
    assert pair.artifact.sites == found.artifact.sites


@pytest.mark.parametrize(
    ("subject", "more", "message"),
    [
        (X, {}, "needs two sites or more"),
        ((X, X[:9]), {}, r"the sites have \[3000, 9\] activations"),
        ((X, X), {"sites": ("a",)}, "1 names for 2 sites"),
    ],
)
def test_crosscoders_that_cannot_be(subject, more, message):
    with pytest.raises(ValueError, match=message):
        Crosscoder(**SMALL, **more).explain(subject)


@pytest.mark.parametrize(
    ("method", "subject", "message"),
    [
        (TopKSAE(width=16, k=32), X, "k=32 is not within width=16"),
        (SwitchSAE(width=48, k=3, experts=5), X, "experts=5 do not share width=48"),
        (SwitchSAE(width=48, k=13, experts=4), X, "the 12 latents of an expert"),
        (TopKSAE(**SMALL), X[:100], "fewer than batch_size=128"),
        (TopKSAE(**{**SMALL, "batch_size": 16, "k": 30}), X[:60], "held out, too few for k=30"),
        (TopKSAE(**SMALL), torch.full((200, 4), float("nan")), "NaN or infinity"),
        (TopKSAE(**SMALL), torch.ones(3000, 4), "all activations are the same"),
        (TopKSAE(**{**SMALL, "steps": 0}), X, "steps=0 is too small"),
    ],
)
def test_bad_input(method, subject, message):
    with pytest.raises(ValueError, match=message):
        method.explain(subject)


def test_out_of_memory_says_what_to_lower(monkeypatch):
    def fails(*args, **more):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")

    monkeypatch.setattr("pellucid.look.dictionaries.dictionary_method.train_dictionary", fails)
    with pytest.raises(MemoryError, match="lower width=48 or batch_size=128"):
        TopKSAE(**SMALL).explain(X)


def test_resumes(tmp_path):
    method = TopKSAE(**SMALL)
    first = method.explain(X, checkpoint=tmp_path)
    again = method.explain(X, checkpoint=tmp_path)
    assert again.artifact == first.artifact
    with pytest.raises(ValueError, match="belongs to another job"):
        method.explain(X[:-1], checkpoint=tmp_path)
