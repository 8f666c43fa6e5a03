"""A tiny model in a folder, as transformers save one, for the commands that open models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

WORDS = ["a", "cat", "sat", "on", "the", "mat", "and", "dog", "ran", "to", "red", "blue", "one", "two"]


@dataclass(frozen=True)
class Tiny:
    """The folder of a Llama of two layers, width 16, that knows fourteen words; and a text of them."""

    folder: Path
    text: str


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    transformers = pytest.importorskip("transformers")
    from tokenizers import Tokenizer, models, pre_tokenizers

    folder = tmp_path_factory.mktemp("tiny") / "model"
    config = transformers.LlamaConfig(
        vocab_size=20, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=128, initializer_range=0.3,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        transformers.LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(["<s>", "</s>", "?", *WORDS])}, "?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    saved = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")
    saved.save_pretrained(folder)
    return Tiny(folder, " ".join(WORDS[i * i * 7 // 5 % 14] for i in range(9000)))
