"""Each reader against the library that wrote the file: the same rows through its own forward pass, equal to 1e-5.

Needs the extra `peers`; without a library its cases are skipped, and `test_checkpoints` has the formulas by hand.
"""

from __future__ import annotations

import json

import pytest
import torch

from pellucid.artifacts.features.dictionary_files import read_dictionary, write_sae_lens, write_sparsify

WIDTH, SIZE, K, ROWS = 12, 40, 5, 64


def randn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


X = 3 * randn(ROWS, WIDTH, seed=9) + 1


def filled(module):
    """Every weight another number, so that none of them can be left out unseen."""
    with torch.no_grad():
        for number, (name, value) in enumerate(sorted(module.named_parameters())):
            value.copy_(randn(*value.shape, seed=number) * (0.5 if "W_skip" in name else 1))
            if "threshold" in name:
                value.abs_()
    return module.eval()


def same(found, expected):
    scale = float(expected.detach().abs().max())
    assert torch.allclose(found, expected.detach(), rtol=1e-5, atol=1e-5 * scale)


LENS = [
    ("standard", {}),
    ("standard", {"apply_b_dec_to_input": False}),
    ("standard", {"normalize_activations": "layer_norm"}),
    ("standard", {"normalize_activations": "constant_norm_rescale"}),
    ("topk", {"k": K}),
    ("topk", {"k": K, "rescale_acts_by_decoder_norm": True}),
    ("topk", {"k": K, "normalize_activations": "layer_norm"}),
    ("jumprelu", {}),
    ("jumprelu", {"normalize_activations": "constant_norm_rescale"}),
    ("gated", {}),
    ("gated", {"apply_b_dec_to_input": False}),
    ("transcoder", {"d_out": 9}),
    ("skip_transcoder", {"d_out": 9}),
    ("jumprelu_transcoder", {"d_out": 9}),
    ("jumprelu_skip_transcoder", {"d_out": 9}),
]


@pytest.mark.parametrize(("architecture", "config"), LENS)
def test_sae_lens(architecture, config, tmp_path):
    registry = pytest.importorskip("sae_lens.registry")
    pytest.importorskip("sae_lens")
    made, settings = registry.get_sae_class(architecture)
    if "transcoder" in architecture:
        config = {**config, "apply_b_dec_to_input": False}
    sae = filled(made(settings(d_in=WIDTH, d_sae=SIZE, **config)))
    sae.save_model(tmp_path)
    found = read_dictionary(tmp_path)
    same(found.reconstruct(X), sae(X))
    if not found.row_norm and not config.get("rescale_acts_by_decoder_norm"):
        same(found.encode(X).dense(SIZE), sae.encode(X).to_dense())


@pytest.mark.parametrize("kind", ["batchtopk", "matryoshka_batchtopk"])
def test_sae_lens_after_training(kind, tmp_path):
    registry = pytest.importorskip("sae_lens.registry")
    lens = pytest.importorskip("sae_lens")
    made, settings = registry.get_sae_training_class(kind)
    more = {"matryoshka_widths": [10, 20, SIZE]} if kind.startswith("matryoshka") else {}
    sae = filled(made(settings(d_in=WIDTH, d_sae=SIZE, k=K, **more)))
    sae.topk_threshold.fill_(0.7)
    sae.save_inference_model(tmp_path / "inference")
    peer = lens.SAE.load_from_disk(tmp_path / "inference")
    same(read_dictionary(tmp_path / "inference").reconstruct(X), peer(X))
    sae.save_model(tmp_path / "training")
    again = read_dictionary(tmp_path / "training")
    same(again.reconstruct(X), peer(X))
    assert again.groups == tuple(more.get("matryoshka_widths", ()))


@pytest.mark.parametrize("architecture", ["topk", "jumprelu"])
def test_sae_lens_reads_what_is_written(architecture, tmp_path):
    lens = pytest.importorskip("sae_lens")
    registry = pytest.importorskip("sae_lens.registry")
    made, settings = registry.get_sae_class(architecture)
    options = {"k": K} if architecture == "topk" else {}
    filled(made(settings(d_in=WIDTH, d_sae=SIZE, **options))).save_model(tmp_path / "first")
    found = read_dictionary(tmp_path / "first")
    write_sae_lens(found, tmp_path / "second")
    same(found.reconstruct(X), lens.SAE.load_from_disk(tmp_path / "second")(X))


SPARSIFY = [{}, {"skip_connection": True}, {"transcode": True}, {"transcode": True, "skip_connection": True}]


@pytest.mark.parametrize("config", SPARSIFY)
def test_sparsify(config, tmp_path):
    peer = pytest.importorskip("sparsify.sparse_coder")
    settings = pytest.importorskip("sparsify.config").SparseCoderConfig
    coder = filled(peer.SparseCoder(WIDTH, settings(num_latents=SIZE, k=K, **config)))
    coder.save_to_disk(tmp_path)
    found = read_dictionary(tmp_path)
    same(found.reconstruct(X), coder(X).sae_out)
    if not config:
        write_sparsify(found, tmp_path / "again")
        same(found.reconstruct(X), peer.SparseCoder.load_from_disk(tmp_path / "again")(X).sae_out)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("dictionary", "AutoEncoder"),
        ("dictionary", "AutoEncoderNew"),
        ("dictionary", "GatedAutoEncoder"),
        ("dictionary", "JumpReluAutoEncoder"),
        ("trainers.top_k", "AutoEncoderTopK"),
        ("trainers.batch_top_k", "BatchTopKSAE"),
        ("trainers.matryoshka_batch_top_k", "MatryoshkaBatchTopKSAE"),
    ],
)
@pytest.mark.parametrize("threshold", [-1.0, 0.8])
def test_dictionary_learning(module, name, threshold, tmp_path):
    made = getattr(pytest.importorskip(f"dictionary_learning.{module}"), name)
    options = {"MatryoshkaBatchTopKSAE": {"k": K, "group_sizes": [8, 12, 20]}, "AutoEncoderTopK": {"k": K},
               "BatchTopKSAE": {"k": K}}.get(name, {})  # fmt: skip
    peer = filled(made(WIDTH, SIZE, **options))
    if "threshold" in dict(peer.named_buffers()):
        peer.threshold.fill_(threshold)
    torch.save(peer.state_dict(), tmp_path / "ae.pt")
    (tmp_path / "config.json").write_text(json.dumps({"trainer": {"dict_class": name, "k": options.get("k")}}))
    found = read_dictionary(tmp_path)
    same(found.reconstruct(X), peer(X))
    same(found.encode(X).dense(SIZE), peer.encode(X))
    if name.startswith("Matryoshka"):
        assert found.groups == (8, 20, 40)
