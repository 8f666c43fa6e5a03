"""Tiny random models of the families that transformers has, made from configurations, and what is true of each.

Written down before any of them was run. `predicts`: "next" (a causal model or a decoder), "masked", "class", or ""
(hidden states only, or numbers). `layers`: how many blocks a layer list has, the decoder's of an encoder and decoder.
`inputs`: "text", "closed" (with EOS at the end, without which a model refuses it), "pixels", "audio" or "both" (text
with pixels).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .halves import half

VOCABULARY, LENGTH, LAYERS, WIDTH = 64, 10, 3, 16


class Family(NamedTuple):
    """One model: the name of its configuration and class, the sizes that differ, and what is true of it."""

    name: str
    config: str
    model: str
    sizes: dict[str, Any]
    predicts: str = "next"
    inputs: str = "text"
    layers: int = LAYERS

    @property
    def half(self) -> int:
        """0: worked on; 1: seen once, at the end."""
        return half(self.name)


USUAL = {
    "vocab_size": VOCABULARY, "hidden_size": WIDTH, "intermediate_size": 32, "num_hidden_layers": LAYERS,
    "num_attention_heads": 2, "num_key_value_heads": 2, "max_position_embeddings": 64, "head_dim": 8,
    "initializer_range": 0.3, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
}  # fmt: skip
GPT = {"n_embd": WIDTH, "n_layer": LAYERS, "n_head": 2, "n_positions": 64, "n_inner": 32, "rotary_dim": 4}
SEQ2SEQ = {
    "d_model": WIDTH, "encoder_layers": LAYERS, "decoder_layers": LAYERS, "encoder_attention_heads": 2,
    "decoder_attention_heads": 2, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "init_std": 0.3,
    "decoder_start_token_id": 2, "forced_eos_token_id": None,
}  # fmt: skip
T5 = {"d_model": WIDTH, "d_kv": 8, "d_ff": 32, "num_layers": LAYERS, "num_decoder_layers": LAYERS, "num_heads": 2,
      "decoder_start_token_id": 0}  # fmt: skip
EXPERTS = {"num_local_experts": 4, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16}
LABELS = {"num_labels": 5}
VISION = {"image_size": 16, "patch_size": 4, "num_channels": 3, "num_labels": 5}

WITHOUT = {
    "FalconConfig": ("head_dim",),
    "XLNetConfig": ("max_position_embeddings",),
    "SwinConfig": ("num_attention_heads", "num_hidden_layers", "hidden_size", "head_dim"),
    "ConvNextConfig": ("num_attention_heads", "num_hidden_layers", "hidden_size"),
}
"""Sizes that a configuration has not, or works out itself."""

FAMILIES = (
    Family("llama", "LlamaConfig", "LlamaForCausalLM", {}),
    Family("mistral", "MistralConfig", "MistralForCausalLM", {}),
    Family("qwen2", "Qwen2Config", "Qwen2ForCausalLM", {}),
    Family("qwen3", "Qwen3Config", "Qwen3ForCausalLM", {}),
    Family("gemma", "GemmaConfig", "GemmaForCausalLM", {}),
    Family("gemma2", "Gemma2Config", "Gemma2ForCausalLM", {"query_pre_attn_scalar": 8}),
    Family("gemma3", "Gemma3TextConfig", "Gemma3ForCausalLM", {"query_pre_attn_scalar": 8}),
    Family("phi", "PhiConfig", "PhiForCausalLM", {}),
    Family("phi3", "Phi3Config", "Phi3ForCausalLM", {}),
    Family("gpt2", "GPT2Config", "GPT2LMHeadModel", GPT),
    Family("gptj", "GPTJConfig", "GPTJForCausalLM", GPT),
    Family("gpt_neo", "GPTNeoConfig", "GPTNeoForCausalLM",
           {"num_layers": LAYERS, "num_heads": 2, "attention_types": [[["global"], LAYERS]]}),
    Family("gpt_neox", "GPTNeoXConfig", "GPTNeoXForCausalLM", {}),
    Family("gpt_bigcode", "GPTBigCodeConfig", "GPTBigCodeForCausalLM", GPT),
    Family("bloom", "BloomConfig", "BloomForCausalLM", {"n_layer": LAYERS, "n_head": 2}),
    Family("falcon", "FalconConfig", "FalconForCausalLM", {}),
    Family("opt", "OPTConfig", "OPTForCausalLM", {"ffn_dim": 32, "word_embed_proj_dim": WIDTH}),
    Family("olmo", "OlmoConfig", "OlmoForCausalLM", {}),
    Family("olmo2", "Olmo2Config", "Olmo2ForCausalLM", {}),
    Family("cohere", "CohereConfig", "CohereForCausalLM", {}),
    Family("stablelm", "StableLmConfig", "StableLmForCausalLM", {}),
    Family("starcoder2", "Starcoder2Config", "Starcoder2ForCausalLM", {}),
    Family("granite", "GraniteConfig", "GraniteForCausalLM", {}),
    Family("smollm3", "SmolLM3Config", "SmolLM3ForCausalLM", {}),
    Family("mpt", "MptConfig", "MptForCausalLM",
           {"d_model": WIDTH, "n_layers": LAYERS, "n_heads": 2, "max_seq_len": 64}),
    Family("xglm", "XGLMConfig", "XGLMForCausalLM",
           {"d_model": WIDTH, "ffn_dim": 32, "num_layers": LAYERS, "attention_heads": 2}),
    Family("mixtral", "MixtralConfig", "MixtralForCausalLM", EXPERTS),
    Family("qwen2_moe", "Qwen2MoeConfig", "Qwen2MoeForCausalLM", {**EXPERTS, "shared_expert_intermediate_size": 16}),
    Family("olmoe", "OlmoeConfig", "OlmoeForCausalLM", EXPERTS),
    Family("mamba", "MambaConfig", "MambaForCausalLM", {"state_size": 4}),
    Family("mamba2", "Mamba2Config", "Mamba2ForCausalLM",
           {"state_size": 4, "num_heads": 4, "head_dim": 8, "expand": 2, "n_groups": 2, "chunk_size": 8}),
    Family("rwkv", "RwkvConfig", "RwkvForCausalLM", {"attention_hidden_size": WIDTH, "context_length": 64}),
    Family("t5", "T5Config", "T5ForConditionalGeneration", T5),
    Family("bart", "BartConfig", "BartForConditionalGeneration", SEQ2SEQ),
    Family("pegasus", "PegasusConfig", "PegasusForConditionalGeneration", SEQ2SEQ),
    Family("bert_masked", "BertConfig", "BertForMaskedLM", {}, "masked"),
    Family("bert_classifier", "BertConfig", "BertForSequenceClassification", LABELS, "class"),
    Family("bert_headless", "BertConfig", "BertModel", {}, ""),
    Family("roberta_masked", "RobertaConfig", "RobertaForMaskedLM", {}, "masked"),
    Family("distilbert_tokens", "DistilBertConfig", "DistilBertForTokenClassification",
           {"dim": WIDTH, "hidden_dim": 32, "n_layers": LAYERS, "n_heads": 2, **LABELS}, "class"),
    Family("albert_masked", "AlbertConfig", "AlbertForMaskedLM", {"embedding_size": 8}, "masked"),
    Family("electra_classifier", "ElectraConfig", "ElectraForSequenceClassification",
           {"embedding_size": 8, **LABELS}, "class"),
    Family("llama_classifier", "LlamaConfig", "LlamaForSequenceClassification", LABELS, "class"),
    Family("llama_headless", "LlamaConfig", "LlamaModel", {}, ""),
    Family("vit", "ViTConfig", "ViTForImageClassification", VISION, "class", "pixels"),
    Family("dinov2", "Dinov2Config", "Dinov2Model", VISION, "", "pixels"),
    Family("clip", "CLIPConfig", "CLIPModel",
           {"text_config": USUAL, "vision_config": {**USUAL, **VISION}, "projection_dim": 8}, "", "both"),
    Family("wav2vec2", "Wav2Vec2Config", "Wav2Vec2ForSequenceClassification",
           {"conv_dim": (8, 8), "conv_stride": (5, 2), "conv_kernel": (10, 3), "num_feat_extract_layers": 2,
            "num_conv_pos_embeddings": 4, "num_conv_pos_embedding_groups": 2, "mask_time_prob": 0.0, **LABELS},
           "class", "audio"),
)  # fmt: skip


def build(family: Family) -> Any:
    """The model, of random weights of one seed, in evaluation mode."""
    import torch
    import transformers

    torch.manual_seed(0)
    sizes = {**USUAL, **family.sizes}
    for name in WITHOUT.get(family.config, ()):
        del sizes[name]
    config = getattr(transformers, family.config)(**sizes)
    return getattr(transformers, family.model)(config).eval().requires_grad_(False)


def inputs_of(family: Family, rows: int = 3) -> Any:
    """What the model is run on: tokens, or named tensors."""
    import torch

    generator = torch.Generator().manual_seed(1)
    tokens = torch.randint(4, VOCABULARY, (rows, LENGTH), generator=generator)
    pixels = torch.randn(rows, 3, 16, 16, generator=generator)
    return {
        "text": tokens,
        "closed": torch.cat([tokens[:, :-1], torch.full((rows, 1), 2)], 1),
        "pixels": {"pixel_values": pixels},
        "audio": {"input_values": torch.randn(rows, 400, generator=generator)},
        "both": {"input_ids": tokens, "pixel_values": pixels},
    }[family.inputs]
