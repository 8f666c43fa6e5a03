import numpy as np
import pytest
import torch
from torch import nn

from pellucid.artifacts.features.effects import Effects
from pellucid.look.layers.layer_effects import LayerDeletion, LayerSwap, bootstrap
from pellucid.look.layers.layer_passes import LayerPasses, swapped, without
from pellucid.look.layers.layer_stages import STAGES, LayerStages, stages
from pellucid.subjects.models.site import Site

transformers = pytest.importorskip("transformers")
LAYERS = tuple(f"model.layers.{i}" for i in range(4))


@pytest.fixture(scope="module")
def llama():
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=4, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=64, initializer_range=0.3,
    )  # fmt: skip
    return transformers.LlamaForCausalLM(config).eval()


@pytest.fixture(scope="module")
def tokens():
    return torch.randint(0, 50, (6, 16), generator=torch.Generator().manual_seed(1))


def by_hand(llama, tokens, order):
    """The same network, with its list of layers taken apart and put together anew."""
    kept = llama.model.layers
    llama.model.layers = nn.ModuleList([kept[i] for i in order if i is not None])
    before, llama.config.num_hidden_layers = llama.config.num_hidden_layers, len(llama.model.layers)
    try:
        with torch.no_grad():
            return llama(tokens, use_cache=False).logits
    finally:
        llama.model.layers, llama.config.num_hidden_layers = kept, before


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize(
    "order", [without(4, 0), without(4, 3), swapped(4, 1), swapped(4, 2), [None] * 4, [0, 1, 2, 3]]
)
def test_passes_are_those_of_the_network_put_together_anew(llama, tokens, order, cached):
    passes = LayerPasses.start(llama, LAYERS, tokens, cached)
    assert torch.equal(passes.run(order), by_hand(llama, tokens, order))
    assert torch.equal(passes.logits, llama(tokens).logits)  # and nothing is left behind


def test_the_cache_spares_layers(llama, tokens):
    calls = []
    handle = llama.model.layers[0].mlp.register_forward_hook(lambda *_: calls.append(1))
    passes = LayerPasses.start(llama, LAYERS, tokens)
    passes.run(without(4, 3))
    assert len(calls) == 1
    LayerPasses.start(llama, LAYERS, tokens, cached=False).run(without(4, 3))
    assert len(calls) == 3
    handle.remove()


def test_layers_that_return_tuples():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(4, 4)

        def forward(self, x, extra=None):
            return x + self.linear(x), "extra"

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList(Block() for _ in range(3))

        def forward(self, x):
            for block in self.blocks:
                x, extra = block(x)
                assert extra == "extra"
            return x

    torch.manual_seed(0)
    model, x = Model(), torch.ones(1, 2, 4)
    passes = LayerPasses.start(model, ("blocks.0", "blocks.1", "blocks.2"), x)
    with torch.no_grad():
        expected = model.blocks[2](model.blocks[0](x)[0])[0]
    assert torch.equal(passes.run([0, None, 2]), expected)


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


def test_stages_by_the_rule():
    kl = [9, 9, 9, 9, 8, 4, 2, 0]
    entropy = [1, 1, 1, 1, 1, 1, 1, 3]
    resting = [0.1, 0.0, 0.4, 0.5, 0.6, 0.1, 0.5, 0.5]
    expected = [STAGES[0]] * 2 + [STAGES[1]] * 2 + [STAGES[2]] * 3 + [STAGES[3]]
    assert list(stages(kl, entropy, resting)) == expected
    assert stages(kl, entropy)[0] == STAGES[1]
    assert len(stages([1.0, 0.0], [1.0, 1.0])) == 2


def test_stages_of_a_network(llama, tokens):
    before = llama.config._attn_implementation
    finding = LayerStages(batch_size=4).explain(Site(llama, "model", tokens))
    effects = finding.artifact
    assert llama.config._attn_implementation == before
    assert len(effects.groups) == 4
    assert effects.column("KL, logit lens")[-1] == 0
    assert effects.column("top-1, logit lens")[-1] == 1
    output = llama(tokens, output_hidden_states=True)
    lens = llama.lm_head(llama.model.norm(output.hidden_states[2])).log_softmax(-1)
    entropy = -(lens.exp() * lens).sum(-1).mean().detach()
    assert effects.column("entropy, logit lens")[1] == pytest.approx(float(entropy), rel=1e-4)
    assert all(0 < value < 1 for value in effects.column("attention, near"))


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


def test_stages_tell_how_far_they_move_with_the_text(llama, tokens):
    claims = LayerStages(batch_size=4).explain(Site(llama, "model", tokens)).claims
    named = [claim for claim in claims if "by a rule" in claim.statement]
    assert sum(claim.value for claim in named) == 4
    assert all(claim.uncertainty is not None and 0 <= claim.uncertainty <= 2 for claim in named)
    alone = LayerStages().explain(Site(llama, "model", tokens[:1])).claims
    assert all(claim.uncertainty is None for claim in alone if "by a rule" in claim.statement)


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


def test_the_lens_reads_out_through_all_that_comes_after_the_last_layer():
    """Granite divides its logits, OPT-350m projects the stream first: a norm and an unembedding alone are not all."""
    sizes = {"vocab_size": 50, "hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2}
    tokens = torch.randint(3, 50, (2, 9), generator=torch.Generator().manual_seed(3))
    torch.manual_seed(0)
    granite = transformers.GraniteForCausalLM(
        transformers.GraniteConfig(**sizes, intermediate_size=32, logits_scaling=0.1, initializer_range=0.4)
    ).eval()
    opt = transformers.OPTForCausalLM(
        transformers.OPTConfig(**sizes, ffn_dim=32, word_embed_proj_dim=8, do_layer_norm_before=False, init_std=0.4)
    ).eval()
    after = {
        (granite, "model.layers.1"): lambda x: granite.lm_head(granite.model.norm(x)) / 0.1,
        (opt, "model.decoder.layers.1"): lambda x: opt.lm_head(opt.model.decoder.project_out(x)),
    }
    for (network, path), read_out in after.items():
        found = LayerStages(resamples=10).explain(Site(network, path, tokens)).artifact
        with torch.no_grad():
            p = network(tokens).logits.log_softmax(-1)
            q = read_out(Site(network, path, tokens).read()).log_softmax(-1)
        by_hand = (p.exp() * (p - q)).sum(-1).mean()
        assert by_hand > 0.1
        assert found.values[1][0] == pytest.approx(float(by_hand), rel=1e-3)


def test_a_stream_that_is_told_place_by_place_has_no_stages_but_effects():
    """XLNet's layers put out (length, rows, width)."""
    torch.manual_seed(0)
    config = transformers.XLNetConfig(vocab_size=50, d_model=16, n_layer=3, n_head=2, d_inner=32)
    site = Site(transformers.XLNetLMHeadModel(config).eval(), "transformer.layer.0", torch.arange(3, 21).reshape(2, 9))
    with pytest.raises(ValueError, match=r"puts out \(9, 2, 16\), no vector for each of \(2, 9\) predictions"):
        LayerStages().explain(site)
    assert len(LayerDeletion(resamples=10).explain(site).artifact.parts) == 3
