"""Stages of inference, by their rule and of a network; the lens reads out all that comes after the last layer."""

import pytest
import torch

from pellucid.look.layers.layer_effects import LayerDeletion
from pellucid.look.layers.layer_stages import STAGES, LayerStages, stages
from pellucid.subjects.models.site import Site

transformers = pytest.importorskip("transformers")


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


def test_stages_tell_how_far_they_move_with_the_text(llama, tokens):
    claims = LayerStages(batch_size=4).explain(Site(llama, "model", tokens)).claims
    named = [claim for claim in claims if "by a rule" in claim.statement]
    assert sum(claim.value for claim in named) == 4
    assert all(claim.uncertainty is not None and 0 <= claim.uncertainty <= 2 for claim in named)
    alone = LayerStages().explain(Site(llama, "model", tokens[:1])).claims
    assert all(claim.uncertainty is None for claim in alone if "by a rule" in claim.statement)


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
