import pytest
import torch
from torch import nn

from pellucid.subjects.models.edits import ablate, add, patch, project_out, replace
from pellucid.subjects.models.hooks import (
    evaluating,
    first_not_finite,
    logits_of,
    module_of,
    paths,
    refuse_logits_not_finite,
    run,
)  # fmt: skip

transformers = pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def llama():
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=50,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=4,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=64,
    )
    return transformers.LlamaForCausalLM(config).eval()


@pytest.fixture(scope="module")
def tokens():
    return torch.randint(0, 50, (3, 12), generator=torch.Generator().manual_seed(1))


class TestRun:
    def test_logits_without_intervention_are_bit_equal(self, llama, tokens):
        with torch.no_grad():
            own = llama(tokens).logits
        assert torch.equal(run(llama, tokens)[0].logits, own)
        output, _ = run(llama, tokens, read="model.layers.*", stop=False)
        assert torch.equal(output.logits, own)
        assert torch.equal(llama(tokens).logits, own)  # and no hook is left behind

    def test_reads_what_the_model_itself_tells(self, llama, tokens):
        hidden = llama(tokens, output_hidden_states=True).hidden_states
        output, values = run(llama, tokens, read=["model.layers.0", "model.layers.1"])
        assert output is None
        assert torch.equal(values["model.layers.0"], hidden[1])
        assert torch.equal(values["model.layers.1"], hidden[2])
        _, values = run(llama, tokens, read="model.layers.1@input")
        assert torch.equal(values["model.layers.1@input"], hidden[1])

    def test_stops_after_the_last_module_that_is_read(self, llama, tokens):
        calls = []
        handle = llama.model.layers[2].register_forward_hook(lambda *_: calls.append(1))
        run(llama, tokens, read="model.layers.1")
        assert not calls
        run(llama, tokens, read="model.layers.1", stop=False)
        assert calls
        handle.remove()

    def test_edits_what_goes_on(self, llama, tokens):
        zeroed, _ = run(llama, tokens, edits={"model.layers.*.mlp": ablate("zero")})
        assert not torch.allclose(zeroed.logits, llama(tokens).logits)
        unchanged, _ = run(llama, tokens, edits={"model.layers.1": lambda x: x})
        assert torch.equal(unchanged.logits, llama(tokens).logits)

    def test_patching_everything_gives_the_other_pass(self, llama, tokens):
        other = tokens.flip(0)
        _, clean = run(llama, other, read="model.layers.3")
        patched, _ = run(llama, tokens, edits={"model.layers.3": patch(clean["model.layers.3"])})
        assert torch.equal(patched.logits, llama(other).logits)

    def test_edits_an_input(self, llama, tokens):
        _, values = run(llama, tokens, read="model.layers.1@input", edits={"model.layers.1@input": ablate("zero")})
        assert not values["model.layers.1@input"].any()
        unchanged, _ = run(llama, tokens, edits={"model.layers.1.self_attn@input": lambda x: x})  # a named argument
        assert torch.equal(unchanged.logits, llama(tokens).logits)

    def test_gradients_where_they_are_wanted(self, llama, tokens):
        output, values = run(llama, tokens, read="model.layers.1", stop=False, grad=True)
        gradient = torch.autograd.grad(output.logits.sum(), values["model.layers.1"])[0]
        assert gradient.abs().sum() > 0
        assert not run(llama, tokens)[0].logits.requires_grad

    def test_an_unknown_path_names_the_nearest(self, llama, tokens):
        with pytest.raises(ValueError, match=r"did you mean 'model.layers.3'"):
            run(llama, tokens, read="layers.3")
        with pytest.raises(ValueError, match="matches no module"):
            run(llama, tokens, edits={"decoder": ablate()})
        with pytest.raises(ValueError, match="only '@input'"):
            run(llama, tokens, read="model@output")

    def test_refuses_an_edit_that_changes_the_shape(self, llama, tokens):
        with pytest.raises(ValueError, match="keep the shape"):
            run(llama, tokens, edits={"model.layers.0": lambda x: x[:, :1]})

    def test_a_module_that_takes_no_part(self):
        net = nn.Sequential(nn.Linear(2, 2))
        net.unused = nn.Linear(2, 2)
        net.forward = lambda x: net[0](x)
        with pytest.raises(ValueError, match="takes no part"):
            run(net, torch.ones(1, 2), read="unused")

    def test_hooks_are_removed_after_an_error(self, llama, tokens):
        before = len(llama.model.layers[0]._forward_hooks)  # transformers has some of its own
        with pytest.raises(ValueError, match="keep the shape"):
            run(llama, tokens, edits={"model.layers.0": lambda x: x[:1]})
        assert len(llama.model.layers[0]._forward_hooks) == before

    def test_named_and_several_inputs(self, llama, tokens):
        mask = torch.ones_like(tokens)
        output, _ = run(llama, {"input_ids": tokens, "attention_mask": mask})
        assert output.logits.shape == (3, 12, 50)
        assert run(nn.Bilinear(2, 2, 3), (torch.ones(1, 2), torch.ones(1, 2)))[0].shape == (1, 3)


def test_globs_stay_within_one_name(llama):
    assert paths(llama, "model.layers.*") == [f"model.layers.{i}" for i in range(4)]
    assert paths(llama, "**.mlp") == [f"model.layers.{i}.mlp" for i in range(4)]
    assert paths(llama, "model.layers.[01].mlp@input") == ["model.layers.0.mlp@input", "model.layers.1.mlp@input"]


def test_edits_do_what_they_say():
    x = torch.arange(12.0).reshape(1, 3, 4)
    assert torch.equal(add(torch.ones(4), 2.0, positions=[1])(x)[:, [0, 2]], x[:, [0, 2]])
    assert torch.equal(add(torch.ones(4), 2.0, positions=[1])(x)[:, 1], x[:, 1] + 2)
    assert torch.equal(replace(torch.zeros(4))(x), torch.zeros_like(x))
    assert torch.allclose(ablate("mean")(x), x.mean((0, 1)).expand_as(x))
    direction = torch.tensor([1.0, 0, 0, 0])
    assert torch.equal(project_out(direction)(x)[..., 0], torch.zeros(1, 3))
    assert torch.equal(project_out(direction)(x)[..., 1:], x[..., 1:])
    with pytest.raises(ValueError, match="no ablation"):
        ablate("median")
    with pytest.raises(ValueError, match="run it on as many tokens"):
        patch(torch.ones(1, 2, 4))(x)


def test_evaluation_mode_is_for_a_while():
    net = nn.Sequential(nn.Dropout(0.5), nn.Linear(2, 2))
    net[1].eval()
    with evaluating(net):
        assert not net[0].training
    assert net[0].training
    assert not net[1].training


def test_the_first_module_with_nan_is_named(llama, tokens):
    assert first_not_finite(llama, tokens) == ""
    weight = llama.model.layers[2].mlp.up_proj.weight.data
    kept = weight.clone()
    weight[0, 0] = float("nan")
    assert first_not_finite(llama, tokens) == "model.layers.2.mlp.up_proj"
    weight.copy_(kept)


def test_logits_with_nan_name_the_first_module(llama, tokens):
    with torch.no_grad():
        refuse_logits_not_finite(llama, tokens, llama(tokens).logits)
    weight = llama.model.layers[1].self_attn.o_proj.weight.data
    kept = weight.clone()
    weight[0, 0] = float("inf")
    with pytest.raises(ValueError, match=r"the first module to put any out is 'model.layers.1.self_attn.o_proj'"):
        refuse_logits_not_finite(llama, tokens, run(llama, tokens)[0].logits)
    weight.copy_(kept)


def test_bad_models():
    with pytest.raises(ValueError, match=r"give a torch nn.Module"):
        module_of("smollm2")
    with pytest.raises(ValueError, match="without a tensor"):
        logits_of(None)


def test_a_module_that_puts_out_a_list_is_read_and_edited():
    class Listed(nn.Module):
        def forward(self, x):
            return [x + 1, "more"]

    class First(nn.Module):
        def forward(self, found):
            assert found[1] == "more"
            return found[0]

    net = nn.Sequential(Listed(), First())
    output, values = run(net, torch.zeros(1, 2), read="0", edits={"0": lambda x: 3 * x}, stop=False)
    assert output.tolist() == values["0"].tolist() == [[3.0, 3.0]]
