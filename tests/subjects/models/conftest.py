"""Tiny random models of some families, made from their configurations."""

import pytest
import torch


def made(kind):
    t = pytest.importorskip("transformers")
    torch.manual_seed(0)
    made = {
        "gpt2": lambda: t.GPT2LMHeadModel(t.GPT2Config(vocab_size=40, n_positions=32, n_embd=16, n_layer=3, n_head=2,
                                                       initializer_range=0.4)),
        "llama": lambda: t.LlamaForCausalLM(t.LlamaConfig(
            vocab_size=40, hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=2,
            max_position_embeddings=32, initializer_range=0.4)),
        "bert": lambda: t.BertForMaskedLM(t.BertConfig(
            vocab_size=40, hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=2,
            max_position_embeddings=32, initializer_range=0.4)),
        "opt": lambda: t.OPTForCausalLM(t.OPTConfig(
            vocab_size=40, hidden_size=16, ffn_dim=32, num_hidden_layers=3, num_attention_heads=2,
            max_position_embeddings=32, word_embed_proj_dim=16, init_std=0.4)),
        "t5": lambda: t.T5ForConditionalGeneration(t.T5Config(
            vocab_size=40, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2, decoder_start_token_id=0)),
        "bart": lambda: t.BartForConditionalGeneration(t.BartConfig(
            vocab_size=40, d_model=16, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2,
            decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, max_position_embeddings=32)),
    }  # fmt: skip
    return made[kind]().eval()


@pytest.fixture
def tiny():
    """A function from the name of a family to a model with a vocabulary of 40."""
    return made
