"""What `benchmarks/capture.py` measures of our own way, on a tiny model; the peers are in an environment apart."""

from argparse import Namespace

import pytest
import torch

transformers = pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def capture(load_benchmark):
    return load_benchmark("capture")


def test_our_way_is_measured_and_exact(capture, tmp_path, capsys):
    from tokenizers import Tokenizer, models

    config = transformers.LlamaConfig(
        vocab_size=20, hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=2,
        max_position_embeddings=64,
    )  # fmt: skip
    transformers.LlamaForCausalLM(config).save_pretrained(tmp_path)
    words = Tokenizer(models.WordLevel({"a": 0, "b": 1}, unk_token="a"))
    transformers.PreTrainedTokenizerFast(tokenizer_object=words).save_pretrained(tmp_path)
    options = Namespace(model=str(tmp_path), rows=2, length=8, repeats=2, layer=1, only="pellucid")
    with torch.no_grad():
        found = capture.measured(options)
    assert (found["logits"], found["activations"]) == (0, 0)
    assert len(found["ways"]) == 4
    capture._show("pellucid", found)
    lines = capsys.readouterr().out.splitlines()
    assert "1.00" in lines[0]
    assert lines[1].endswith("0.0e+00, 0.0e+00")
