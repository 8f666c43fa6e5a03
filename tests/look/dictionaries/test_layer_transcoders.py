"""Transcoders of all layers: where they read and write, what they are saved as, and how an interrupted run goes on."""

import pytest
import torch

from pellucid.core.finding import load_finding
from pellucid.look import LayerTranscoders, Transcoder
from pellucid.look.dictionaries.layer_transcoders import replacing
from pellucid.look.layers.feed_forwards import feed_forwards
from pellucid.subjects import Site
from pellucid.subjects.models.hooks import run

transformers = pytest.importorskip("transformers")


def llama():
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=64, initializer_range=0.3,
    )  # fmt: skip
    return transformers.LlamaForCausalLM(config).eval().requires_grad_(False)


def tokens(rows=24):
    return torch.randint(0, 50, (rows, 12), generator=torch.Generator().manual_seed(2))


METHOD = LayerTranscoders(Transcoder(width=64, k=8, steps=60, batch_size=64), judged=4)


def test_a_feed_forward_part_is_read_behind_its_norm():
    model = llama()
    parts = feed_forwards(model, ("model.layers.0", "model.layers.1"), tokens(2))
    assert (parts[1].reads, parts[1].writes) == ("model.layers.1.post_attention_layernorm", "model.layers.1.mlp")
    found = feed_forwards(model.bfloat16(), ("model.layers.0", "model.layers.1"), tokens(2))
    assert found == parts
    assert next(model.parameters()).dtype == torch.bfloat16


def test_transcoders_explain_more_than_means_and_are_saved_as_they_are(tmp_path):
    finding = METHOD.explain(Site(llama(), "model.layers.1", tokens()))
    assert finding.measured("fvu") < 0.8
    assert abs(finding.measured("loss added")) < 1
    finding.save(tmp_path / "found")
    assert load_finding(tmp_path / "found").artifact == finding.artifact


def test_all_tokens_but_the_first_are_replaced():
    model = llama()
    found = METHOD.explain(Site(model, "model.layers.1", tokens())).artifact
    path = found.writes[0]
    before, after = (run(model, tokens(2), read=path, edits=edits)[1][path] for edits in ({}, replacing(found)))
    assert torch.equal(before[:, 0], after[:, 0])
    assert not torch.allclose(before[:, 1:], after[:, 1:])


def test_an_interrupted_run_goes_on_to_the_same_numbers(tmp_path):
    site = Site(llama(), "model.layers.1", tokens())
    whole = METHOD.explain(site, checkpoint=tmp_path).artifact
    assert (tmp_path / "layer_1" / "transcoder" / "finding.json").exists()
    assert METHOD.explain(site, checkpoint=tmp_path).artifact == whole


def test_too_little_text_is_refused():
    with pytest.raises(ValueError, match="give 6 or more"):
        METHOD.explain(Site(llama(), "model.layers.1", tokens(3)))
