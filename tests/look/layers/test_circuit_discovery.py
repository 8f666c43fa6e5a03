"""Circuits that are known: models in which all but some parts were emptied; and the identities of ablated passes."""

import numpy as np
import pytest
import torch

from pellucid.look import CircuitDiscovery
from pellucid.look.layers.ablated_runs import AblatedRuns
from pellucid.look.layers.component_graph import ComponentGraph
from pellucid.look.layers.pruned_model import logits_apart, pruned_model, write_pruned
from pellucid.subjects import Contrast, LanguageModel

transformers = pytest.importorskip("transformers")


def llama():
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=32, intermediate_size=32, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=64, initializer_range=0.3,
    )  # fmt: skip
    return transformers.LlamaForCausalLM(config).eval().requires_grad_(False)


def gpt2():
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=50, n_embd=32, n_layer=3, n_head=4, n_positions=64, initializer_range=0.3
    )
    return transformers.GPT2LMHeadModel(config).eval().requires_grad_(False)


def contrast(model, rows=12):
    generator = torch.Generator().manual_seed(1)
    clean = torch.randint(0, 50, (rows, 6), generator=generator)
    corrupted = clean.clone()
    corrupted[:, 3] = (corrupted[:, 3] + 7) % 50
    last = (model(clean).logits - model(corrupted).logits)[:, -1]
    return Contrast(model, clean, corrupted, last.argmax(-1), last.argmin(-1))


def planted(model):
    """The model with one head in each of two layers and one feed-forward part; the names of these."""
    layers = model.model.layers
    for number, layer in enumerate(layers):
        weight = layer.self_attn.o_proj.weight
        kept = {0: 1, 2: 3}.get(number)
        for head in range(4):
            if head != kept:
                weight[:, 8 * head : 8 * (head + 1)] = 0
        if number != 1:
            layer.mlp.down_proj.weight.zero_()
    return {"model.layers.0 head 1", "model.layers.2 head 3", "model.layers.1.mlp"}


@pytest.mark.parametrize("make", [llama, gpt2])
def test_all_edges_are_the_model_and_none_the_corrupted_run(make):
    subject = contrast(make())
    graph = ComponentGraph.read(subject.model, subject.clean[:2])
    runs = AblatedRuns.of(graph, subject, "corrupt")
    assert len(graph.components) == 1 + 3 * 5
    assert torch.allclose(runs.answers(graph.before), runs.high, atol=1e-4)
    none = subject.metric(subject.model(subject.corrupted).logits)
    assert torch.allclose(runs.answers(np.zeros_like(graph.before)), none, atol=1e-4)


def test_the_heads_add_up_to_what_attention_writes():
    model = gpt2()
    graph = ComponentGraph.read(model, torch.arange(12).reshape(2, 6))
    _, values = graph.values(torch.arange(12).reshape(2, 6))
    _, whole = graph.graph.values(torch.arange(12).reshape(2, 6))
    heads = sum(values[c] for c, one in enumerate(graph.components) if one.sender == 1)
    bias = model.transformer.h[0].attn.c_proj.bias
    assert torch.allclose(heads + bias, whole[1], atol=1e-5)


def test_a_head_that_is_exchanged_alone_is_a_patched_head():
    subject = contrast(llama())
    graph = ComponentGraph.read(subject.model, subject.clean[:2])
    runs = AblatedRuns.of(graph, subject, "corrupt")
    kept = graph.before.copy()
    kept[7] = False
    assert runs.left(kept) - 1 == pytest.approx(runs.node_effect(7), abs=1e-5)


@pytest.mark.parametrize("by", ["eap", "eap-ig", "exact", "acdc"])
def test_a_planted_circuit_is_found(by):
    model = llama()
    known = planted(model)
    found = CircuitDiscovery(of="nodes", by=by, faithful=0.999, drawn=2, checked=3).explain(contrast(model)).artifact
    named = {found.components[c] for c in found.nodes} - {"embedding"}
    tried = contrast(model)
    graph = ComponentGraph.read(model, tried.clean[:2])
    runs = AblatedRuns.of(graph, tried, "corrupt")
    needed = {one.name for c, one in enumerate(graph.components) if c and abs(runs.node_effect(c)) > 0.01}
    assert needed <= known
    assert needed <= named


def test_the_circuit_of_edges_carries_the_answer_on_pairs_held_out():
    model = llama()
    planted(model)
    finding = CircuitDiscovery(faithful=0.95, drawn=3, checked=4).explain(contrast(model, 16))
    assert finding.measured("faithfulness") == pytest.approx(1, abs=0.15)
    assert finding.claim("faithfulness").baseline < 0.8
    assert finding.artifact.size()[0] < finding.artifact.size()[1] / 2
    assert len(finding.parts["curve"].parts) >= 3


@pytest.mark.parametrize(("make", "ablation"), [(llama, "mean"), (llama, "zero"), (gpt2, "mean")])
def test_the_exported_model_is_the_ablated_run(make, ablation, tmp_path):
    model = LanguageModel(make(), None, "tiny")
    subject = contrast(model.model)
    method = CircuitDiscovery(of="nodes", ablation=ablation, faithful=0.5, drawn=1, checked=1)
    found = method.explain(subject).artifact
    write_pruned(pruned_model(model, found, subject.clean[:2]), tmp_path / "model")
    apart, whole = logits_apart(model, found, tmp_path / "model", subject)
    assert apart < 1e-3 < whole


def test_a_circuit_of_edges_is_no_model(tmp_path):
    model = LanguageModel(llama(), None, "tiny")
    found = CircuitDiscovery(drawn=1, checked=1).explain(contrast(model.model)).artifact
    with pytest.raises(ValueError, match="use of='nodes'"):
        pruned_model(model, found, torch.arange(12).reshape(2, 6))


@pytest.mark.parametrize(
    ("given", "told"),
    [({"of": "layers"}, "of='layers'"), ({"by": "magic"}, "by='magic'"), ({"by": "exact"}, "by='exact' patches nodes"),
     ({"faithful": 0.0}, "faithful=0.0"), ({"ablation": "none"}, "ablation='none'"), ({"steps": 0}, "steps=0")],
)  # fmt: skip
def test_settings_that_mean_nothing_are_refused(given, told):
    with pytest.raises(ValueError, match=told):
        CircuitDiscovery(**given)


def test_pairs_that_are_answered_alike_are_refused():
    model = llama()
    tokens = torch.arange(24).reshape(4, 6)
    same = Contrast(model, tokens, tokens, torch.arange(4), torch.arange(4) + 4)
    with pytest.raises(ValueError, match="answers differently"):
        CircuitDiscovery().explain(same)
