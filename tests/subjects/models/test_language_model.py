import pytest
import torch
from torch import nn

from pellucid.subjects.models.language_model import LanguageModel
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


def test_a_longest_sequence_of_minus_one_is_none():
    config = transformers.XLNetConfig(vocab_size=50, d_model=16, n_layer=2, n_head=2, d_inner=8)
    assert config.max_position_embeddings == -1
    model = LanguageModel(transformers.XLNetLMHeadModel(config), Letters())
    assert model.context == 2**20
