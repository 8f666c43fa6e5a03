"""Heads and places: patched in truth they are what hooks by hand give, and scores are the derivative of that."""

import pytest
import torch

from pellucid.look.layers.attention_heads import heads_of_layers
from pellucid.look.layers.head_patching import HeadPatching, Node, PatchedRuns
from pellucid.subjects.models.contrast import Contrast
from pellucid.subjects.models.hooks import INPUT

transformers = pytest.importorskip("transformers")
LENGTH = 6


def made(kind):
    torch.manual_seed(0)
    if kind == "GPT2":
        config = transformers.GPT2Config(vocab_size=50, n_embd=16, n_layer=3, n_head=4, n_positions=32,
                                         initializer_range=0.3)  # fmt: skip
        return transformers.GPT2LMHeadModel(config).eval().requires_grad_(False)
    config = getattr(transformers, f"{kind}Config")(
        vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, head_dim=6, initializer_range=0.3, pad_token_id=0,
    )  # fmt: skip
    return getattr(transformers, f"{kind}ForCausalLM")(config).eval().requires_grad_(False)


def contrast_of(network, rows=8):
    clean = torch.randint(3, 50, (rows, LENGTH), generator=torch.Generator().manual_seed(1))
    corrupted = clean.clone()
    corrupted[:, 2] = 3 + (corrupted[:, 2] + 7) % 47
    last = (network(clean).logits - network(corrupted).logits)[:, -1]
    return Contrast(network, clean, corrupted, last.argmax(-1), last.argmin(-1))


PROJECTIONS = {"Llama": "model.layers.1.self_attn.o_proj", "Olmo2": "model.layers.1.self_attn.o_proj",
               "GPT2": "transformer.h.1.attn.c_proj"}  # fmt: skip


@pytest.fixture(scope="module", params=sorted(PROJECTIONS))
def opened(request):
    network = made(request.param)
    contrast = contrast_of(network)
    layers = [PROJECTIONS[request.param].partition(".1.")[0] + f".{number}" for number in range(3)]
    heads = heads_of_layers(network, layers, contrast.clean[:2])
    return PROJECTIONS[request.param], PatchedRuns.of(network, layers, heads, contrast)


def test_heads_are_what_the_output_projection_is_given(opened):
    path, runs = opened
    found = runs.heads[1]
    assert found.path == path
    assert found.count == 4
    assert found.count * found.size == runs.clean[path + INPUT].shape[-1]


@pytest.mark.parametrize(("head", "place"), [(0, None), (3, None), (2, 2), (1, LENGTH - 1)])
def test_a_patched_head_is_what_hooks_by_hand_give(opened, head, place):
    path, runs = opened
    network, contrast, module = runs.passes.network, runs.contrast, runs.passes.network.get_submodule(path)
    size = runs.heads[1].size
    seen = []
    handle = module.register_forward_pre_hook(lambda module, args: seen.append(args[0].clone()))
    low = contrast.metric(network(contrast.corrupted).logits).mean()
    handle.remove()
    high = contrast.metric(network(contrast.clean).logits).mean()

    def put(module, args):
        x = args[0].clone()
        places = slice(None) if place is None else place
        x[:, places, head * size : (head + 1) * size] = seen[0][:, places, head * size : (head + 1) * size]
        return (x,)

    handle = module.register_forward_pre_hook(put)
    moved = contrast.metric(network(contrast.clean).logits).mean()
    handle.remove()
    expected = float((moved - high) / (high - low))
    assert runs.true(Node(1, head, -1 if place is None else place)) == pytest.approx(expected, abs=1e-5)


def test_a_patched_stream_at_all_places_is_the_corrupted_pass(opened):
    _, runs = opened
    assert runs.at_once([Node(1, -1, place) for place in range(LENGTH)]) == pytest.approx(-1, abs=1e-4)
    for place in (0, 1):  # before the token that differs nothing does
        assert runs.true(Node(0, -1, place)) == pytest.approx(0, abs=1e-6)


def test_scores_are_the_derivative_of_patching(opened):
    """For a small part of the way from clean to corrupted, patching is linear in the score."""
    _, runs = opened
    scores = runs.scores(1)
    full = dict(runs.corrupted)
    step = 2e-3
    for path, value in full.items():
        runs.corrupted[path] = runs.clean[path] + step * (value - runs.clean[path])
    try:
        for name, node in (
            ("heads", Node(1, 2)),
            ("heads", Node(0, 1)),
            ("places", Node(1, 2, 3)),
            ("stream", Node(0, -1, 2)),
        ):
            assert runs.true(node) / step == pytest.approx(scores[name][node], rel=0.1, abs=5e-3), node
    finally:
        runs.corrupted.update(full)


def test_finding():
    contrast = contrast_of(made("Llama"), 10)
    method = HeadPatching(checked=10, kept=15, together=3)
    finding = method.explain(contrast)
    assert finding.artifact.parts[:2] == ("model.layers.0 head 0", "model.layers.0 head 1")
    assert len(finding.artifact.parts) == 12
    assert sum(value is not None for value in finding.artifact.column("true patching")) == 10
    assert len(finding.parts["places"].parts) == 15
    assert len(finding.parts["stream"].parts) == 2 * LENGTH
    best = next(claim for claim in finding.claims if claim.key == "best heads")
    assert best.value > best.baseline
    again = method.explain(contrast)
    assert (again.artifact, again.claims) == (finding.artifact, finding.claims)


def test_what_has_no_heads_says_so():
    torch.manual_seed(0)
    config = transformers.MambaConfig(vocab_size=50, hidden_size=16, num_hidden_layers=2, state_size=4)
    network = transformers.MambaForCausalLM(config).eval().requires_grad_(False)
    with pytest.raises(ValueError, match="does not say how many heads"):
        HeadPatching().explain(contrast_of(network))
    contrast = contrast_of(made("Llama"))
    with pytest.raises(ValueError, match="no 5 heads of one size; give heads="):
        HeadPatching(heads=5).explain(contrast)
    with pytest.raises(ValueError, match="at least 2 pairs"):
        HeadPatching().explain(contrast.select(slice(0, 1)))
    same = Contrast(contrast.model, contrast.clean, contrast.clean, contrast.answer, contrast.wrong)
    with pytest.raises(ValueError, match="answers differently"):
        HeadPatching().explain(same)


def test_layers_that_do_not_attend_have_no_heads():
    """A state space mixes tokens before a matrix, too, and the settings of a hybrid tell of heads."""
    torch.manual_seed(0)
    config = transformers.MambaConfig(vocab_size=50, hidden_size=16, num_hidden_layers=2, state_size=4)
    network = transformers.MambaForCausalLM(config).eval().requires_grad_(False)
    with pytest.raises(ValueError, match="no heads are found in MambaForCausalLM"):
        HeadPatching(heads=2).explain(contrast_of(network))


def test_a_hybrid_has_heads_where_it_attends():
    torch.manual_seed(0)
    config = transformers.JambaConfig(
        vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=4, num_attention_heads=2,
        num_key_value_heads=2, attn_layer_period=2, attn_layer_offset=1, num_experts=1, num_experts_per_tok=1,
        mamba_d_state=4, use_mamba_kernels=False, initializer_range=0.3, pad_token_id=0,
    )  # fmt: skip
    network = transformers.JambaForCausalLM(config).eval().requires_grad_(False)
    found = heads_of_layers(network, [f"model.layers.{number}" for number in range(4)], contrast_of(network).clean[:2])
    assert [one.path for one in found] == ["model.layers.1.self_attn.o_proj", "model.layers.3.self_attn.o_proj"]
