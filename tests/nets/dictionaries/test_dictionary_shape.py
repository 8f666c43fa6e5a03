"""What every kind of dictionary must keep to, whatever it does."""

import pytest
import torch

from pellucid.core import Registry
from pellucid.nets.dictionaries.dictionary_options import DictionaryOptions
from pellucid.nets.dictionaries.dictionary_shape import KINDS, DictionaryKind, DictionaryShape, Penalty
from pellucid.nets.dictionaries.dictionary_training import DictionaryTraining

X = torch.randn(200, 6, generator=torch.Generator().manual_seed(3))


def started(kind):
    shape = DictionaryShape(6, 6, 64, 3, kind)
    return DictionaryTraining.start(shape, DictionaryOptions(bfloat16=False), X, X, torch.Generator().manual_seed(0))


def test_kinds_are_found_without_being_named():
    assert isinstance(KINDS, Registry)
    assert set(KINDS) >= {"top_k", "batch_top_k", "jump_relu", "gated"}


@pytest.mark.parametrize("kind", KINDS)
class TestKind:
    def test_gradients_fit_the_weights(self, kind):
        training = started(kind)
        x = training.scale.inputs(X)
        found = training.shape.rule.gradients(x, x, training.weights, training.shape, Penalty(1.0, 0.1))
        assert found.scalars.shape == (len(found.latents), len(training.shape.rule.scalars))
        assert found.residual.shape == x.shape
        assert torch.allclose(found.error, found.residual.square().sum(1), rtol=1e-4)

    def test_about_k_fire_at_first(self, kind):
        training = started(kind)
        x = training.scale.inputs(X)
        assert float(training.gradients(x, x).fired.sum()) / len(x) == pytest.approx(3, rel=0.35)

    def test_says_how_it_chooses_after_training(self, kind):
        training = started(kind)
        rule = training.shape.rule.at_inference(training.weights, lambda: 0.5)
        assert rule.encoder.shape == (64, 6)
        assert rule.bias.shape == (64,)
        assert rule.threshold is None or (rule.threshold.shape == (64,) and bool((rule.threshold >= 0).all()))

    def test_is_documented(self, kind):
        assert isinstance(KINDS[kind], DictionaryKind)
        assert (KINDS[kind].__doc__ or "").strip().endswith(".")
