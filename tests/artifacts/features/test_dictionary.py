import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.artifacts.features.dictionary_files import read_dictionary, write_sae_lens, write_sparsify

WIDTH, SIZE, K = 6, 32, 3


def randn(*size, seed=0):
    return torch.randn(*size, generator=torch.Generator().manual_seed(seed + sum(size)))


def made(**changes):
    parts = {
        "kind_of": "TopK",
        "encoder": randn(WIDTH, SIZE),
        "decoder": randn(SIZE, WIDTH),
        "encoder_bias": randn(SIZE),
        "decoder_bias": randn(WIDTH),
        "k": K,
        "mean": randn(WIDTH, seed=1),
    }
    return Dictionary(**{**parts, **changes})


THRESHOLD = {"kind_of": "JumpReLU", "activation": "threshold", "threshold": randn(SIZE, seed=2).abs()}
SWITCH = {"kind_of": "Switch", "router": randn(4, WIDTH), "router_mean": randn(WIDTH, seed=3)}
VARIANTS = {"top_k": {}, "threshold": THRESHOLD, "switch": SWITCH, "no mean": {"mean": None}}
X = randn(20, WIDTH, seed=4)


def dense(found, x):
    """The definition, written out."""
    a = (x - (0 if found.mean is None else found.mean)) @ found.encoder + found.encoder_bias
    if found.threshold is not None:
        return a * (a > found.threshold)
    scale = 1
    if found.router is not None:
        share, expert = torch.softmax((x - found.router_mean) @ found.router.T, -1).max(-1)
        a = a.masked_fill(torch.arange(SIZE)[None] // (SIZE // 4) != expert[:, None], -torch.inf)
        scale = share[:, None]
    values, indices = a.topk(found.k)
    return torch.zeros(len(x), SIZE).scatter(1, indices, values.relu() * scale)


@pytest.mark.parametrize("name", VARIANTS)
class TestVariants:
    def test_codes_and_reconstruction(self, name):
        found = made(**VARIANTS[name])
        expected = dense(found, X)
        assert torch.allclose(found.encode(X).dense(SIZE), expected, atol=1e-5)
        assert torch.allclose(found.reconstruct(X), expected @ found.decoder + found.decoder_bias, atol=1e-5)

    def test_survives_saving(self, name):
        found = made(**VARIANTS[name])
        data = json.loads(json.dumps(found.to_dict()))
        again = Dictionary.from_dict(data, found.files())
        assert again == found
        assert torch.equal(again.reconstruct(X), found.reconstruct(X))

    def test_is_not_another(self, name):
        found = made(**VARIANTS[name])
        assert found != made(**{**VARIANTS[name], "encoder_bias": found.encoder_bias + 1})
        assert found != made(**{**VARIANTS[name], "note": "other"})


def test_nested():
    found = made(groups=(8, SIZE), **THRESHOLD)
    small = found.nested(8)
    codes = dense(found, X)[:, :8]
    assert torch.allclose(small.reconstruct(X), codes @ found.decoder[:8] + found.decoder_bias, atol=1e-5)
    assert small.groups == (8,)


def test_site_norms():
    found = made(sites=(("a", 2), ("b", 4)), site_scales=(1.0, 10.0))
    assert torch.allclose(found.site_norms()[:, 1], 10 * found.decoder[:, 2:].norm(dim=1))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"k": 33}, "k=33 of 32 latents"),
        ({"k": 0}, "k=0 of 32 latents"),
        ({"activation": "relu"}, "activation='relu' is unknown"),
        ({"activation": "threshold"}, "a threshold is given"),
        ({"decoder": randn(31, WIDTH)}, r"decoder has shape \(31, 6\); with this encoder it is \(32, 6\)"),
        ({"encoder_bias": randn(3)}, r"encoder_bias has shape \(3,\)"),
        ({"encoder": randn(6)}, r"give .width, n. and .n, width_out."),
        ({"encoder": randn(WIDTH, SIZE) * float("nan")}, "encoder holds NaN or infinity"),
        ({"router": randn(5, WIDTH)}, "32 latents cannot be shared out among 5 experts"),
        ({"router": randn(16, WIDTH)}, "k=3 of 2 latents"),
        ({"sites": (("a", 2),)}, "do not add up to width 6"),
    ],
)
def test_impossible(changes, message):
    with pytest.raises(ValueError, match=message):
        made(**changes)


def test_another_width():
    with pytest.raises(ValueError, match=r"x has shape \(2, 5\); this dictionary encodes \(batch, 6\)"):
        made().encode(torch.zeros(2, 5))


@pytest.mark.parametrize("name", ["top_k", "threshold", "no mean"])
def test_sae_lens_round_trip(name, tmp_path):
    found = made(**VARIANTS[name])
    again = read_dictionary(write_sae_lens(found, tmp_path / "sae"))
    assert torch.allclose(again.reconstruct(X), found.reconstruct(X), atol=1e-4)


def test_sparsify_round_trip(tmp_path):
    found = made()
    again = read_dictionary(write_sparsify(found, tmp_path / "sae"))
    assert torch.allclose(again.reconstruct(X), found.reconstruct(X), atol=1e-4)
    assert again.k == K


def lens_file(folder, architecture, tensors, **config):
    """A checkpoint as sae-lens 6.54 writes it."""
    sizes = {"d_in": WIDTH, "d_sae": SIZE, "dtype": "float32", "device": "cpu", "apply_b_dec_to_input": True}
    plain = {"normalize_activations": "none", "reshape_activations": "none", "metadata": {}}
    (folder / "cfg.json").write_text(json.dumps({"architecture": architecture, **sizes, **plain, **config}))
    base = {"W_enc": randn(WIDTH, SIZE), "W_dec": randn(SIZE, WIDTH), "b_dec": randn(WIDTH)}
    save_file({**base, **tensors}, folder / "sae_weights.safetensors")
    return {**base, **tensors}


def test_reads_gated_files_of_sae_lens(tmp_path):
    w = lens_file(tmp_path, "gated", {name: randn(SIZE, seed=i) for i, name in enumerate(("b_gate", "b_mag", "r_mag"))})
    inner = (X - w["b_dec"]) @ w["W_enc"]
    codes = (inner + w["b_gate"] > 0) * (inner * w["r_mag"].exp() + w["b_mag"]).relu()
    assert torch.allclose(read_dictionary(tmp_path).reconstruct(X), codes @ w["W_dec"] + w["b_dec"], atol=1e-4)


def test_reads_standard_files_of_sae_lens(tmp_path):
    w = lens_file(tmp_path, "standard", {"b_enc": randn(SIZE)})
    codes = ((X - w["b_dec"]) @ w["W_enc"] + w["b_enc"]).relu()
    assert torch.allclose(read_dictionary(tmp_path).reconstruct(X), codes @ w["W_dec"] + w["b_dec"], atol=1e-4)


def test_reads_rescaled_files_of_sae_lens(tmp_path):
    w = lens_file(tmp_path, "topk", {"b_enc": randn(SIZE)}, k=K, rescale_acts_by_decoder_norm=True)
    norms = w["W_dec"].norm(dim=1)
    a = ((X - w["b_dec"]) @ w["W_enc"] + w["b_enc"]) * norms
    values, indices = a.topk(K)
    codes = torch.zeros_like(a).scatter(1, indices, values.relu())
    found = read_dictionary(tmp_path).reconstruct(X)
    assert torch.allclose(found, (codes / norms) @ w["W_dec"] + w["b_dec"], atol=1e-4)


def test_a_checkpoint_of_another_shape(tmp_path):
    lens_file(tmp_path, "topk", {"b_enc": randn(SIZE - 1)}, k=K)
    with pytest.raises(ValueError, match=r"b_enc of .* has shape \(31,\), cfg.json says \(32,\)"):
        read_dictionary(tmp_path)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"architecture": "temporal"}, "architecture='temporal'"),
        ({"normalize_activations": "expected_average_only_in"}, "normalize_activations='expected_average_only_in'"),
        ({"normalize_activations": True}, "normalize_activations=True"),
        ({"activation_fn_str": "tanh-relu"}, "activation_fn='tanh-relu'"),
        ({"activation_fn": "topk"}, "has no k"),
        ({"finetuning_scaling_factor": True}, "there is none"),
        ({"reshape_activations": "hook_z"}, "reshape_activations"),
        ({"d_sae": None}, "has no d_sae"),
    ],
)
def test_what_sae_lens_has_and_we_do_not(config, message, tmp_path):
    lens_file(tmp_path, config.pop("architecture", "standard"), {"b_enc": randn(SIZE)}, **config)
    with pytest.raises(ValueError, match=message):
        read_dictionary(tmp_path)


@pytest.mark.parametrize("config", [{"activation": "groupmax"}, {"skip_connection": True}, {"signed": True}])
def test_what_sparsify_has_and_we_do_not(config, tmp_path):
    folder = write_sparsify(made(), tmp_path / "sae")
    (folder / "cfg.json").write_text(json.dumps(json.loads((folder / "cfg.json").read_text()) | config))
    with pytest.raises(ValueError, match=r"groupmax|skip connection|signed=True"):
        read_dictionary(folder)
    assert load_file(folder / "sae.safetensors")["W_dec"].shape == (SIZE, WIDTH)


def test_what_the_others_do_not_have(tmp_path):
    with pytest.raises(ValueError, match="sae-lens has no experts"):
        write_sae_lens(made(**SWITCH), tmp_path)
    with pytest.raises(ValueError, match="sparsify has no thresholds"):
        write_sparsify(made(**THRESHOLD), tmp_path)
    with pytest.raises(ValueError, match="dictionaries of one site"):
        write_sae_lens(made(decoder=randn(SIZE, 4), decoder_bias=randn(4)), tmp_path)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(bad):
    x = X.clone()
    x[3, 1] = bad
    with pytest.raises(ValueError, match="x holds NaN or infinity"):
        made().encode(x)


def test_what_is_written_needs_the_inputs_too():
    eye = torch.eye(3)
    found = Dictionary("TopK", eye, eye, torch.zeros(3), torch.zeros(3), k=2, skip=eye)
    x = torch.rand(4, 3)
    with pytest.raises(ValueError, match=r"give what was encoded, decode\(codes, x\)"):
        found.decode(found.encode(x))
    assert torch.allclose(found.decode(found.encode(x), x), found.reconstruct(x))
