"""What layers do, by deletion and exchange: figures, intervals, and what is refused."""

import numpy as np
import pytest
import torch
from torch import nn

from pellucid.artifacts.features.effects import Effects
from pellucid.look.layers.layer_effects import LayerDeletion, LayerSwap, bootstrap
from pellucid.look.layers.layer_passes import LayerPasses, without
from pellucid.look.layers.layer_stages import LayerStages
from pellucid.subjects.models.site import Site

from .taken_apart import by_hand

LAYERS = tuple(f"model.layers.{i}" for i in range(4))


def test_deletion_measures_what_it_says(llama, tokens):
    finding = LayerDeletion(batch_size=4).explain(Site(llama, "model", tokens))
    effects = finding.artifact
    with torch.no_grad():
        base, other = llama(tokens).logits.log_softmax(-1), by_hand(llama, tokens, without(4, 2)).log_softmax(-1)
    kl = (base.exp() * (base - other)).sum(-1).mean()
    assert effects.column("KL, deleted")[2] == pytest.approx(float(kl), rel=1e-5)
    kept = (base.argmax(-1) == other.argmax(-1)).float().mean()
    assert effects.column("top-1 kept, deleted")[2] == pytest.approx(float(kept), rel=1e-6)
    ce = nn.functional.cross_entropy(other[:, :-1].reshape(-1, 50), tokens[:, 1:].reshape(-1))
    assert effects.column("cross-entropy, deleted")[2] == pytest.approx(float(ce), rel=1e-5)
    for table, sign in (("low", 1), ("high", -1)):
        bound = effects.column("KL, deleted", table)
        assert all(sign * (v - b) >= 0 for v, b in zip(effects.column("KL, deleted"), bound, strict=True))
    assert LayerDeletion(batch_size=4, cached=False).explain(Site(llama, "model", tokens)).artifact == effects


def test_a_killed_job_goes_on(llama, tokens, tmp_path, monkeypatch):
    site, method = Site(llama, "model", tokens), LayerSwap(batch_size=2)
    whole = method.explain(site)
    original, starts = LayerPasses.start.__func__, []

    def killed(cls, *args):
        starts.append(1)
        if len(starts) == 2:
            raise KeyboardInterrupt
        return original(cls, *args)

    monkeypatch.setattr(LayerPasses, "start", classmethod(killed))
    with pytest.raises(KeyboardInterrupt):
        method.explain(site, checkpoint=tmp_path)
    resumed = method.explain(site, checkpoint=tmp_path)
    assert len(starts) == 4  # three batches, one of them begun twice
    assert resumed.artifact == whole.artifact
    assert resumed.claims == whole.claims
    with pytest.raises(ValueError, match="another job"):
        method.explain(site, seed=1, checkpoint=tmp_path)


def test_swapped_layers_have_no_last_one(llama, tokens):
    effects = LayerSwap().explain(Site(llama, "model", tokens)).artifact
    assert effects.column("KL, swapped")[-1] is None
    both = LayerDeletion().explain(Site(llama, "model", tokens)).artifact.beside(effects)
    assert len(both.measures) == 6
    assert Effects.from_dict(both.to_dict(), {}) == both
    assert both.largest("KL, swapped") in LAYERS


def test_masked_tokens_do_not_count(llama, tokens):
    mask = torch.ones_like(tokens)
    mask[:, 10:] = 0
    one = LayerDeletion().explain(Site(llama, "model", {"input_ids": tokens, "attention_mask": mask})).artifact
    other = LayerDeletion().explain(Site(llama, "model", tokens[:, :10])).artifact
    assert np.allclose(one.column("KL, deleted"), other.column("KL, deleted"), rtol=1e-4)


def test_networks_without_layers_or_logits(tokens):
    with pytest.raises(ValueError, match="no list of layers"):
        LayerDeletion().explain(Site(nn.Linear(2, 2), "", torch.ones(3, 2)))
    for method in (LayerDeletion(batch_size=0), LayerStages(batch_size=0)):
        with pytest.raises(ValueError, match="batch_size=0 runs nothing"):
            method.explain(Site(nn.Linear(2, 2), "", torch.ones(3, 2)))
    with pytest.raises(ValueError, match="two or more"):
        LayerDeletion().explain(Site(nn.Sequential(nn.Linear(2, 2)), "0", torch.ones(3, 2)))


def test_intervals_shrink_with_rows():
    generator = np.random.default_rng(0)
    table = generator.normal(size=(1, 400))
    mean, low, high = bootstrap(table, 500, generator)
    assert low < mean < high
    assert high - low == pytest.approx(2 * 1.96 * table.std() / 20, rel=0.2)


@pytest.mark.parametrize("method", [LayerDeletion(), LayerSwap(), LayerStages()])
def test_nan_names_the_first_module(llama, tokens, method):
    weight = llama.model.layers[2].mlp.down_proj.weight.data
    kept = weight.clone()
    weight[0, 0] = float("nan")
    try:
        with pytest.raises(ValueError, match=r"the first module to put any out is 'model.layers.2.mlp.down_proj'"):
            method.explain(Site(llama, "model", tokens))
    finally:
        weight.copy_(kept)


@pytest.mark.parametrize("method", [LayerDeletion(batch_size=3), LayerSwap(batch_size=3), LayerStages(batch_size=3)])
def test_out_of_memory_says_what_to_lower(llama, tokens, method):
    def full(module, args):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 10000000000 bytes")

    handle = llama.lm_head.register_forward_pre_hook(full)
    try:
        with pytest.raises(MemoryError, match="lower batch_size=3, or the length of the rows"):
            method.explain(Site(llama, "model", tokens))
    finally:
        handle.remove()


def test_the_bar_moves_with_every_pass(llama, tokens, tmp_path):
    class Bar:
        def start(self, label, total):
            self.total, self.done = total, 0

        def advance(self, steps=1, note=""):
            self.done += steps

        def finish(self):
            assert self.done == self.total == 2 * 4

    site, method = Site(llama, "model", tokens), LayerDeletion(batch_size=4)  # 6 rows: the second batch is smaller
    method.explain(site, reporter=Bar(), checkpoint=tmp_path)
    method.explain(site, reporter=Bar(), checkpoint=tmp_path)  # all of it resumed


@pytest.mark.parametrize("rows", [2, 3, 5, 8, 12])
def test_intervals_of_few_rows_hold_the_mean_as_often_as_they_say(rows):
    generator = np.random.default_rng(rows)
    values = generator.normal(size=(1500, rows))
    _, low, high = bootstrap(values, 400, generator)
    assert np.mean((low <= 0) & (high >= 0)) > 0.92


def test_of_hidden_states_nothing_is_measured(llama, tokens):
    with pytest.raises(ValueError, match="LlamaModel puts out hidden states and no logits"):
        LayerDeletion().explain(Site(llama.model, "layers.1", tokens))


@pytest.mark.parametrize("method", [LayerDeletion(), LayerSwap(), LayerStages()])
def test_layers_that_share_their_weights_are_told_not_measured(method):
    """The stream after a layer is that of its first run: handed on at the others it would be another figure."""
    layer = nn.Linear(8, 8)
    for blocks in (nn.Sequential(layer, layer, layer), nn.Sequential(layer, nn.Linear(8, 8), layer)):
        net = nn.Sequential(nn.Embedding(9, 8), blocks, nn.Linear(8, 9))
        with pytest.raises(
            ValueError, match=r"'1.0' is run \d times in a pass, as layers are that share their weights"
        ):
            method.explain(Site(net, "1", torch.arange(8).reshape(2, 4)))
