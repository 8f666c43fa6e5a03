"""Attribution graphs of a small model: what adds up, what derivatives are, and what is refused."""

import numpy as np
import pytest
import torch

from pellucid.core.finding import load_finding
from pellucid.core.reporter import SILENT
from pellucid.look import LayerTranscoders, PromptAttribution, ReplacedPrompt, Transcoder
from pellucid.look.attribution.graph_rows import GraphRows
from pellucid.look.attribution.linear_prompt import LinearPrompt
from pellucid.look.attribution.taken_out import effects_by_derivatives, measured_effects
from pellucid.subjects import LanguageModel, Site

transformers = pytest.importorskip("transformers")


class Letters:
    bos_token_id, eos_token_id = 0, None

    def __call__(self, texts, **given):
        return {"input_ids": [[1 + ord(letter) % 40 for letter in text] for text in texts]}

    def batch_decode(self, ids):
        return [chr(64 + one[0]) for one in ids]


def network(kind):
    torch.manual_seed(0)
    if kind == "gpt2":
        config = transformers.GPT2Config(vocab_size=50, n_embd=16, n_layer=2, n_head=2, n_positions=64,
                                         initializer_range=0.3)  # fmt: skip
        return transformers.GPT2LMHeadModel(config).eval().requires_grad_(False)
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=64, initializer_range=0.3,
    )  # fmt: skip
    return transformers.LlamaForCausalLM(config).eval().requires_grad_(False)


@pytest.fixture(scope="module", params=["llama", "gpt2"])
def prompt(request):
    model = LanguageModel(network(request.param), Letters(), request.param)
    tokens = torch.randint(0, 50, (24, 12), generator=torch.Generator().manual_seed(2))
    method = LayerTranscoders(Transcoder(width=64, k=8, steps=60, batch_size=64), judged=4)
    return ReplacedPrompt(model, method.explain(Site(model.model, model.layers[0], tokens)).artifact, "abcdef")


def test_a_linear_pass_has_the_logits_of_the_model(prompt):
    linear = LinearPrompt.of(prompt)
    passed = linear.passes(2)
    logits = prompt.model.model(prompt.tokens).logits[0, -1]
    assert torch.allclose(passed.logits[1], logits - logits.mean(), atol=1e-4)


def test_what_a_logit_is_given_adds_up_where_the_model_has_no_constants():
    model = LanguageModel(network("llama"), Letters(), "llama")
    tokens = torch.randint(0, 50, (24, 12), generator=torch.Generator().manual_seed(2))
    method = LayerTranscoders(Transcoder(width=64, k=8, steps=20, batch_size=64), judged=4)
    linear = LinearPrompt.of(
        ReplacedPrompt(model, method.explain(Site(model, model.layers[0], tokens)).artifact, "abcd")
    )
    passed = linear.passes(1)
    weights = torch.zeros_like(passed.logits)
    weights[0, 7] = 1
    stream, written = passed.slopes([passed.logits], [weights])
    given = (stream[0] * linear.stream).sum()
    given += sum((slope[0] * wrote).sum() for slope, wrote in zip(written, linear.written, strict=True))
    assert given.item() == pytest.approx(passed.logits[0, 7].item(), abs=1e-4)


def test_a_row_is_what_the_target_loses_in_the_linear_pass(prompt):
    """A feature's contribution to a logit, against a pass in which it is not written."""
    linear = LinearPrompt.of(prompt)
    rows = GraphRows.of(linear, most=20, batch=4, logits=1, mass=0.5, reporter=SILENT)
    last = len(linear.features) - 1
    first = sum(len(one.places) for one in linear.features[:last])
    passed = linear.passes(1)
    weights = torch.zeros_like(passed.logits)
    weights[0, int(rows.logits[0])] = 1
    _, written = passed.slopes([passed.logits], [weights])
    one = linear.features[last]
    for at in range(3):
        expected = float(written[last][0, one.places[at]] @ one.writes[at])
        assert rows.rows[0, first + at] == pytest.approx(expected, abs=1e-5)


def test_derivatives_predict_what_is_lost(prompt):
    linear = LinearPrompt.of(prompt)
    for one in linear.features:
        one.writes.mul_(0.01)  # so small that the model is linear
    effects = effects_by_derivatives(linear)
    measured = measured_effects(linear, np.arange(20), 8)
    assert measured == pytest.approx(effects[:20], abs=2e-3 * np.abs(effects).max() + 1e-5)


def test_features_and_error_are_what_is_written(prompt):
    linear = LinearPrompt.of(prompt)
    for one, found, wrote in zip(prompt.replacement.dictionaries, linear.features, linear.written, strict=True):
        summed = found.error + one.decoder_bias
        summed = summed.index_add(0, found.places, found.writes)
        assert torch.allclose(summed[1:], wrote[1:], atol=1e-4)


def test_a_graph_is_pruned_saved_and_told(prompt, tmp_path):
    finding = PromptAttribution(expanded=30, shown=6, checked=8, batch=8).explain(prompt)
    graph = finding.artifact
    assert 1 <= len(graph.features) <= 6
    assert 0 <= graph.replacement <= 1
    assert 0 <= graph.completeness <= 1
    assert graph.sources.max() < len(graph.layers) > graph.targets.max()
    assert {"agreement: top", "agreement: graph", "replacement", "completeness"} <= {c.key for c in finding.claims}
    finding.save(tmp_path / "found")
    assert load_finding(tmp_path / "found").artifact == graph


def test_transcoders_of_another_model_and_empty_prompts_are_refused(prompt):
    with pytest.raises(ValueError, match="prompt is empty"):
        ReplacedPrompt(prompt.model, prompt.replacement, " ")
    other = network("gpt2" if prompt.model.name == "llama" else "llama")
    with pytest.raises(ValueError, match="give those of this model"):
        ReplacedPrompt(LanguageModel(other, Letters(), "other"), prompt.replacement, "abc")
