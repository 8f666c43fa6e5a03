import numpy as np
import pytest
import torch
from torch import nn

from pellucid.look.layers.attribution_patching import AttributionPatching, _Pairs
from pellucid.look.layers.residual_graph import ResidualGraph
from pellucid.subjects.models.contrast import Contrast

transformers = pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def llama():
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=64, initializer_range=0.2,
    )  # fmt: skip
    return transformers.LlamaForCausalLM(config).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def contrast(llama):
    generator = torch.Generator().manual_seed(1)
    clean = torch.randint(0, 50, (8, 6), generator=generator)
    corrupted = clean.clone()
    corrupted[:, 3] = (corrupted[:, 3] + 7) % 50
    last = (llama(clean).logits - llama(corrupted).logits)[:, -1]
    return Contrast(llama, clean, corrupted, last.argmax(-1), last.argmin(-1))


def test_the_graph_of_a_llama(llama, contrast):
    graph = ResidualGraph.read(llama, contrast.clean)
    assert len(graph.senders) == 7
    assert len(graph.edges()) == 7 * 8 // 2
    assert graph.name((0, 0)) == "embedding -> model.layers.0.self_attn"
    assert graph.name((6, 6)) == "model.layers.2.mlp -> logits"


def test_parallel_parts_do_not_read_each_other():
    config = transformers.GPTNeoXConfig(
        vocab_size=50, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    torch.manual_seed(0)
    model = transformers.GPTNeoXForCausalLM(config).eval()
    graph = ResidualGraph.read(model, torch.arange(6)[None])
    assert not graph.before[1, 1]  # attention of layer 0 -> feed-forward of layer 0
    assert graph.before[1, 2]


def test_exchanging_all_edges_gives_the_corrupted_logits(llama, contrast):
    graph = ResidualGraph.read(llama, contrast.clean)
    logits, values = graph.values(contrast.corrupted)
    none, every = np.zeros_like(graph.before), graph.before
    assert torch.allclose(graph.with_exchanged(contrast.clean, values, every), logits, atol=1e-5)
    assert torch.equal(graph.with_exchanged(contrast.clean, values, none), llama(contrast.clean).logits)


def test_a_feed_forward_part_that_puts_out_plain_rows():
    """OPT's: (rows * length, width) is read and exchanged in its place."""
    torch.manual_seed(0)
    config = transformers.OPTConfig(
        vocab_size=50, hidden_size=16, ffn_dim=32, num_hidden_layers=2, num_attention_heads=2, word_embed_proj_dim=16,
        max_position_embeddings=32, init_std=0.3,
    )  # fmt: skip
    model = transformers.OPTForCausalLM(config).eval().requires_grad_(False)
    clean = torch.randint(3, 50, (8, 6), generator=torch.Generator().manual_seed(1))
    corrupted = clean.clone()
    corrupted[:, 3] = 3 + (corrupted[:, 3] + 7) % 47
    graph = ResidualGraph.read(model, clean[:2])
    assert graph.senders[1:3] == ("model.decoder.layers.0.self_attn", "model.decoder.layers.0.fc2")
    logits, values = graph.values(corrupted)
    assert torch.allclose(graph.with_exchanged(clean, values, graph.before), logits, atol=1e-5)
    last = (model(clean).logits - logits)[:, -1]
    contrast = Contrast(model, clean, corrupted, last.argmax(-1), last.argmin(-1))
    pairs = _Pairs.run(graph, contrast)
    pairs.corrupted[:] = [a + 1e-3 * (b - a) for a, b in zip(pairs.clean, pairs.corrupted, strict=True)]
    scores = pairs.scores(1) / pairs.difference
    one = np.zeros_like(graph.before)
    for edge in [(2, 2), (2, len(graph.receivers) - 1), (0, 1)]:
        one[:] = False
        one[edge] = True
        true = pairs.change(graph.with_exchanged(clean, pairs.corrupted, one))
        assert scores[edge] == pytest.approx(true, rel=0.05, abs=2e-6)


def test_scores_are_the_derivative_of_true_patching(llama, contrast):
    """For a small step from clean to corrupted, patching a part of the way is linear in the score."""
    graph = ResidualGraph.read(llama, contrast.clean)
    pairs = _Pairs.run(graph, contrast)
    scores = pairs.scores(1)
    for edge in [(0, 2), (1, 3), (2, 6), (0, 6)]:
        one = np.zeros_like(graph.before)
        one[edge] = True
        small = [a + 1e-2 * (b - a) for a, b in zip(pairs.clean, pairs.corrupted, strict=True)]
        change = pairs.change(graph.with_exchanged(contrast.clean, small, one)) * pairs.difference / 1e-2
        assert change == pytest.approx(scores[edge], rel=0.1, abs=2e-3)


def test_finding(llama, contrast):
    finding = AttributionPatching(checked=10, kept=12).explain(contrast)
    curves = finding.parts["curves"]
    assert curves.column("faithfulness")[0] == pytest.approx(0, abs=1e-4)
    assert curves.column("faithfulness")[-1] == pytest.approx(1, abs=1e-4)
    assert curves.column("without the circuit")[-1] == pytest.approx(0, abs=1e-4)
    assert curves.column("without random edges")[0] == pytest.approx(1, abs=1e-4)
    assert curves.column("without random edges")[-1] == pytest.approx(0, abs=1e-4)
    assert len(finding.artifact.parts) == 12
    assert sum(value is not None for value in finding.artifact.column("true patching")) >= 5
    nodes = finding.parts["nodes"]
    assert nodes.column("true patching")[0] == pytest.approx(-1, abs=1e-4)  # the embedding is all the input there is
    correlation = next(claim for claim in finding.claims if "nodes" in claim.statement)
    assert correlation.value > 0.5
    again = AttributionPatching(checked=10, kept=12).explain(contrast)
    assert (again.artifact, again.claims) == (finding.artifact, finding.claims)


def test_bad_input(llama, contrast):
    with pytest.raises(ValueError, match="at least 2 pairs"):
        AttributionPatching().explain(contrast.select(slice(0, 1)))
    same = Contrast(llama, contrast.clean, contrast.clean, contrast.answer, contrast.wrong)
    with pytest.raises(ValueError, match="answers differently"):
        AttributionPatching().explain(same)
    with pytest.raises(ValueError, match="give \\(rows, length\\) both"):
        Contrast(llama, contrast.clean, contrast.clean[:, :2], contrast.answer, contrast.wrong)
    with pytest.raises(ValueError, match="one token for each row"):
        Contrast(llama, contrast.clean, contrast.clean, contrast.answer[:2], contrast.wrong)
    with pytest.raises(ValueError, match="pre-norm"):
        ResidualGraph.read(nn.Sequential(nn.Embedding(9, 4), nn.Sequential(nn.Linear(4, 4))), torch.ones(1, 2).long())


def test_nan_and_too_little_memory_say_what_to_do(llama, contrast):
    weight = llama.model.layers[1].mlp.up_proj.weight.data
    kept = weight.clone()
    weight[0, 0] = float("nan")
    with pytest.raises(ValueError, match=r"the first module to put any out is 'model.layers.1.mlp.up_proj'"):
        AttributionPatching().explain(contrast)
    weight.copy_(kept)

    def full(module, args):
        raise MemoryError

    handle = llama.lm_head.register_forward_pre_hook(full)
    with pytest.raises(MemoryError, match="give fewer or shorter pairs"):
        AttributionPatching().explain(contrast)
    handle.remove()
