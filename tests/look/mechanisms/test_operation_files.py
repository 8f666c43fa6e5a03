"""Networks in files: our own, TransformerLens's layouts, other people's MLPs, tables of logits; and what is none."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pellucid.look import read_operation
from pellucid.nets.classifiers.pair_networks import PairMLP, PairTransformer
from pellucid.subjects import operation_of

SIZE = 5


def saved(tmp_path, state, name="net.pt"):
    path = tmp_path / name
    torch.save(state, path) if name.endswith(".pt") else save_file(state, path)
    return path


def transformer(seed=0, **options):
    network = PairTransformer(
        6, 6, width=8, heads=2, head=3, length=3, generator=torch.Generator().manual_seed(seed), **options
    )
    for name, buffer in network.named_buffers():
        buffer.normal_(generator=torch.Generator().manual_seed(len(name)))
    return network.double()


def as_transformer_lens(network, early=False):
    """The weights under TransformerLens's names; `early`: matrices as in the first grokking code."""
    own, found = network.state_dict(), {"embed.W_E": None}
    turn = (lambda x: x.T) if early else (lambda x: x)
    found = {
        "embed.W_E": turn(own["embed.weight"]),
        "pos_embed.W_pos": own["places"],
        "unembed.W_U": own["unembed.weight"].T,
    }
    if not early:
        found["unembed.b_U"] = own["unembed_bias"]
    for i, _ in enumerate(network.blocks):
        block = f"blocks.{i}."
        for part in "qkv":
            weight = own[f"{block}attention.{part}"]
            found[f"{block}attn.W_{part.upper()}"] = weight.transpose(1, 2) if early else weight
            if not early:
                found[f"{block}attn.b_{part.upper()}"] = own[f"{block}attention.{part}_bias"]
        out = own[f"{block}attention.o"]
        found[f"{block}attn.W_O"] = out.reshape(-1, out.shape[-1]).T if early else out
        if not early:
            found[f"{block}attn.b_O"] = own[f"{block}attention.o_bias"]
        found[f"{block}attn.mask"] = torch.ones(3, 3, dtype=torch.float64)
        for name, new in (("mlp_in", "in"), ("mlp_out", "out")):
            weight = own[f"{block}{name}.weight"]
            found[f"{block}mlp.W_{new}"] = weight if early else weight.T
            found[f"{block}mlp.b_{new}"] = own[f"{block}{name}.bias"]
        for name, new in (("norm_attention", "ln1"), ("norm_mlp", "ln2")):
            if f"{block}{name}.weight" in own:
                found |= {
                    f"{block}{new}.w": own[f"{block}{name}.weight"],
                    f"{block}{new}.b": own[f"{block}{name}.bias"],
                }
    if "norm.weight" in own:
        found |= {"ln_final.w": own["norm.weight"], "ln_final.b": own["norm.bias"]}
    return {name: value.contiguous() for name, value in found.items()}


@pytest.mark.parametrize("options", [{}, {"norm": True}, {"activation": "gelu"}, {"layers": 2, "causal": True}])
def test_transformer_lens_layout(tmp_path, options):
    network = transformer(**options)
    path = saved(tmp_path, as_transformer_lens(network))
    wanted = operation_of(network, SIZE, after=(5,)).answers
    found = read_operation(path, size=SIZE, activation=options.get("activation", "relu"), target=wanted)
    assert np.array_equal(found.answers, wanted)
    assert np.allclose(found.logits, operation_of(network, SIZE, after=(5,)).logits)


def test_early_grokking_layout_in_a_wrapper(tmp_path):
    network = transformer()
    for buffer in network.buffers():
        buffer.zero_()
    path = saved(tmp_path, {"model": as_transformer_lens(network, early=True), "epoch": 3})
    found = read_operation(path, activation="relu", attention_rate=1.0)
    assert found.size == SIZE  # 6 tokens, of which one follows the pair
    assert np.allclose(found.logits, operation_of(network, SIZE, after=(5,)).logits)


@pytest.mark.parametrize("turned", [False, True])
def test_two_tables_and_matrices_in_either_order(tmp_path, turned):
    """The names and shapes of 2302.03025."""
    generator = torch.Generator().manual_seed(0)
    network = PairMLP(SIZE, SIZE, width=3, widths=(7,), tables=2, generator=generator)
    first, last = (network.layers[i].weight.detach() for i in (0, 1))
    first, last = (one.T.contiguous() if turned else one for one in (first, last))
    state = {"W": first, "W_U": last, "W_x": network.embed.weight.detach(), "W_y": network.embed_second.weight.detach()}
    found = read_operation(saved(tmp_path, state, "net.safetensors"), activation="relu")
    assert np.allclose(found.logits, operation_of(network, SIZE).logits, atol=1e-6)


def test_one_hot_symbols(tmp_path):
    state = {"fc2.weight": torch.randn(5, 8), "fc2.bias": torch.randn(5), "fc1.weight": torch.randn(8, 10)}
    found = read_operation(saved(tmp_path, state), activation="tanh")
    pair = torch.zeros(10)
    pair[[2, 5 + 4]] = 1
    wanted = state["fc2.weight"] @ torch.tanh(state["fc1.weight"] @ pair) + state["fc2.bias"]
    assert np.allclose(found.logits[2, 4], wanted, atol=1e-5)


def test_own_code_and_torchscript(tmp_path):
    code = tmp_path / "mine.py"
    code.write_text(
        "import torch\nclass Net(torch.nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n        self.table = torch.nn.Embedding(5, 4)\n"
        "        self.out = torch.nn.Linear(8, 5)\n"
        "    def forward(self, ab):\n        return self.out(self.table(ab).flatten(1))\n"
    )
    space = {}
    exec(code.read_text(), space)
    network = space["Net"]()
    path = saved(tmp_path, network.state_dict())
    found = read_operation(path, code=f"{code}:Net")
    assert found.tied
    script = tmp_path / "script.pt"
    torch.jit.trace(network, torch.tensor([[0, 1]])).save(str(script))
    assert np.allclose(read_operation(script, size=5).logits, found.logits)
    with pytest.raises(ValueError, match="add --size"):
        read_operation(script)
    with pytest.raises(ValueError, match=r"FILE\.py:NAME"):
        read_operation(path, code="mine.py")


def test_tables_of_logits(tmp_path):
    cube = np.random.default_rng(0).normal(size=(4, 4, 4))
    np.save(tmp_path / "cube.npy", cube)
    np.save(tmp_path / "flat.npy", cube.reshape(16, 4))
    rows = np.column_stack([np.divmod(np.arange(16), 4)[0], np.arange(16) % 4, cube.reshape(16, 4)])
    text = "\n".join(",".join(map(repr, map(float, row))) for row in np.random.default_rng(1).permutation(rows))
    (tmp_path / "bare.csv").write_text(text)
    (tmp_path / "named.csv").write_text(f"a,b,l0,l1,l2,l3\n{text}\n")
    for name in ("cube.npy", "flat.npy", "bare.csv", "named.csv"):
        assert np.array_equal(read_operation(tmp_path / name).logits, cube), name


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", "a,b\n0,0\n", "give whole numbers a, b"),
        ("x.csv", "0,0,1,2\n0,1,1,2\n", "2 rows are not one for each of 4 pairs"),
        ("x.csv", "0,0,1,2\n0,1,1,2\n1,0,1,2\n1,7,1,2\n", "symbols go to 7"),
        ("x.csv", "0,0,1,2\n0,1,1,2\n1,0,1,2\n1,1,1,\n", "is nan"),
        ("x.csv", "", "no table"),
        ("x.csv", "a,b,c,d\np,q,r,s\n", "no table of numbers"),
        ("x.npy", "not numpy", "no file of numbers"),
        ("x.pt", "not torch", "it needs Python code|damaged"),
        ("x.onnx", "", "ending '.onnx' is unknown"),
    ],
)
def test_refuses_in_one_line_that_names_the_file(tmp_path, name, content, said):
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=said) as error:
        read_operation(tmp_path / name)
    assert str(error.value).startswith(name)
    assert "\n" not in str(error.value)


def test_refuses_weights_of_no_known_layout(tmp_path):
    for state in ({"conv.weight": torch.zeros(2, 2, 3)}, {"a": torch.zeros(3)}, {"emb.weight": torch.zeros(4, 2)},
                  {"emb.weight": torch.zeros(4, 2), "a.weight": torch.zeros(7, 7)}):  # fmt: skip
        with pytest.raises(ValueError, match=r"export logits|no file"):
            read_operation(saved(tmp_path, state))
