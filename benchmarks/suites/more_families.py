"""Families for class logits and for heads, with what is true of them, written down before any of them was run.

CLASSIFIERS: heads that say a class of a row, of each token or frame, or one number. DECODERS: `output` is the module in
a layer that is given what the heads put out, side by side; every model has two heads.
"""

from __future__ import annotations

from typing import NamedTuple

from .model_families import EXPERTS, GPT, LABELS, LAYERS, SEQ2SEQ, T5, VISION, WIDTH, Family

AUDIO = {
    "conv_dim": (8, 8), "conv_stride": (5, 2), "conv_kernel": (10, 3), "num_feat_extract_layers": 2,
    "num_conv_pos_embeddings": 4, "num_conv_pos_embedding_groups": 2, "mask_time_prob": 0.0,
    "classifier_proj_size": 16, **LABELS,
}  # fmt: skip
STEPS = {"embed_dim": 8, "depths": [1, 1], "num_heads": [2, 2], "window_size": 2}

CLASSIFIERS = (
    Family("roberta_classes", "RobertaConfig", "RobertaForSequenceClassification", LABELS, "class"),
    Family("xlm_roberta_tokens", "XLMRobertaConfig", "XLMRobertaForTokenClassification", LABELS, "class"),
    Family("deberta_v2_classes", "DebertaV2Config", "DebertaV2ForSequenceClassification", LABELS, "class"),
    Family("mpnet_classes", "MPNetConfig", "MPNetForSequenceClassification", LABELS, "class"),
    Family("modernbert_classes", "ModernBertConfig", "ModernBertForSequenceClassification", LABELS, "class"),
    Family("albert_classes", "AlbertConfig", "AlbertForSequenceClassification", {"embedding_size": 8, **LABELS},
           "class"),
    Family("roformer_tokens", "RoFormerConfig", "RoFormerForTokenClassification", LABELS, "class"),
    Family("xlnet_classes", "XLNetConfig", "XLNetForSequenceClassification",
           {"d_model": WIDTH, "n_layer": LAYERS, "n_head": 2, "d_inner": 32, **LABELS}, "class"),
    Family("fnet_classes", "FNetConfig", "FNetForSequenceClassification", LABELS, "class"),
    Family("gpt2_classes", "GPT2Config", "GPT2ForSequenceClassification", {**GPT, **LABELS}, "class"),
    Family("mistral_tokens", "MistralConfig", "MistralForTokenClassification", LABELS, "class"),
    Family("qwen3_classes", "Qwen3Config", "Qwen3ForSequenceClassification", LABELS, "class"),
    Family("opt_classes", "OPTConfig", "OPTForSequenceClassification",
           {"ffn_dim": 32, "word_embed_proj_dim": WIDTH, **LABELS}, "class"),
    Family("bloom_tokens", "BloomConfig", "BloomForTokenClassification",
           {"n_layer": LAYERS, "n_head": 2, **LABELS}, "class"),
    Family("t5_classes", "T5Config", "T5ForSequenceClassification", {**T5, **LABELS}, "class",
           "closed"),
    Family("bart_classes", "BartConfig", "BartForSequenceClassification", {**SEQ2SEQ, **LABELS}, "class",
           "closed"),
    Family("bert_many_labels", "BertConfig", "BertForSequenceClassification",
           {"problem_type": "multi_label_classification", **LABELS}, "class"),
    Family("bert_one_number", "BertConfig", "BertForSequenceClassification", {"num_labels": 1}, ""),
    Family("beit_classes", "BeitConfig", "BeitForImageClassification", VISION, "class", "pixels"),
    Family("deit_classes", "DeiTConfig", "DeiTForImageClassification", VISION, "class", "pixels"),
    Family("swin_classes", "SwinConfig", "SwinForImageClassification", {**VISION, **STEPS}, "class", "pixels", 2),
    Family("convnext_classes", "ConvNextConfig", "ConvNextForImageClassification",
           {**VISION, "hidden_sizes": [8, 16], "depths": [1, 1], "num_stages": 2}, "class", "pixels", 2),
    Family("siglip_classes", "SiglipConfig", "SiglipForImageClassification",
           {"vision_config": {"hidden_size": WIDTH, "intermediate_size": 32, "num_hidden_layers": LAYERS,
                              "num_attention_heads": 2, "image_size": 16, "patch_size": 4}, **LABELS},
           "class", "pixels"),
    Family("dinov2_classes", "Dinov2Config", "Dinov2ForImageClassification", VISION, "class", "pixels"),
    Family("hubert_classes", "HubertConfig", "HubertForSequenceClassification", AUDIO, "class", "audio"),
    Family("wav2vec2_frames", "Wav2Vec2Config", "Wav2Vec2ForAudioFrameClassification", AUDIO, "class", "audio"),
)  # fmt: skip


class Decoder(NamedTuple):
    """A family, and the last name of the module that puts the heads of a layer together."""

    family: Family
    output: str

    @property
    def name(self) -> str:
        return self.family.name


OUTPUTS = {
    "phi": "dense", "gpt2": "c_proj", "gptj": "out_proj", "gpt_neo": "out_proj", "gpt_neox": "dense",
    "gpt_bigcode": "c_proj", "bloom": "dense", "falcon": "dense", "opt": "out_proj", "mpt": "out_proj",
    "xglm": "out_proj",
}  # fmt: skip
"""Of the families of the first list; the others call it o_proj."""

DECODERS = (
    Decoder(Family("qwen3_moe", "Qwen3MoeConfig", "Qwen3MoeForCausalLM", EXPERTS), "o_proj"),
    Decoder(Family("glm", "GlmConfig", "GlmForCausalLM", {}), "o_proj"),
    Decoder(Family("glm4", "Glm4Config", "Glm4ForCausalLM", {}), "o_proj"),
    Decoder(Family("nemotron", "NemotronConfig", "NemotronForCausalLM", {}), "o_proj"),
    Decoder(Family("persimmon", "PersimmonConfig", "PersimmonForCausalLM", {}), "dense"),
    Decoder(Family("codegen", "CodeGenConfig", "CodeGenForCausalLM",
                   {**GPT, "num_attention_heads": 4, "rotary_dim": 2}), "out_proj"),
    Decoder(Family("biogpt", "BioGptConfig", "BioGptForCausalLM", {}), "out_proj"),
    Decoder(Family("cohere2", "Cohere2Config", "Cohere2ForCausalLM", {}), "o_proj"),
    Decoder(Family("olmo3", "Olmo3Config", "Olmo3ForCausalLM", {}), "o_proj"),
    Decoder(Family("granite_moe", "GraniteMoeConfig", "GraniteMoeForCausalLM", EXPERTS), "o_proj"),
    Decoder(Family("phimoe", "PhimoeConfig", "PhimoeForCausalLM", EXPERTS), "o_proj"),
    Decoder(Family("deepseek_v2", "DeepseekV2Config", "DeepseekV2ForCausalLM",
                   {"kv_lora_rank": 8, "q_lora_rank": 8, "qk_nope_head_dim": 8, "qk_rope_head_dim": 8,
                    "v_head_dim": 8, "n_routed_experts": 4, "moe_intermediate_size": 16, "first_k_dense_replace": 3}),
            "o_proj"),
    Decoder(Family("bitnet", "BitNetConfig", "BitNetForCausalLM", {}), "o_proj"),
    Decoder(Family("diffllama", "DiffLlamaConfig", "DiffLlamaForCausalLM", {}), "o_proj"),
    Decoder(Family("gpt_oss", "GptOssConfig", "GptOssForCausalLM", EXPERTS), "o_proj"),
    Decoder(Family("helium", "HeliumConfig", "HeliumForCausalLM", {}), "o_proj"),
    Decoder(Family("exaone4", "Exaone4Config", "Exaone4ForCausalLM", {}), "o_proj"),
    Decoder(Family("ernie4_5", "Ernie4_5Config", "Ernie4_5ForCausalLM", {}), "o_proj"),
    Decoder(Family("arcee", "ArceeConfig", "ArceeForCausalLM", {}), "o_proj"),
    Decoder(Family("openai_gpt", "OpenAIGPTConfig", "OpenAIGPTLMHeadModel", GPT), "c_proj"),
)  # fmt: skip
