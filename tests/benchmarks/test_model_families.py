"""Every way to look, on tiny models of many families: equal to hooks by hand, or one line; a few in every run."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("transformers")
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from suites.model_families import FAMILIES
from suites.more_families import CLASSIFIERS

QUICK = ("gptj", "olmo2", "bloom", "rwkv", "t5", "roberta_masked", "llama_classifier", "vit")
HOOKS = ("layers", "read", "predicts", "effects", "deletion", "promotes", "patching")
NOTHING_TO_SAY = {
    "roberta_masked": {"patching"},  # normalises the sum itself
    "t5": {"patching"},  # two streams
    "rwkv": {"patching"},  # no gradient
    "llama_classifier": {"patching"},
    "vit": {"patching"},
}


SHARED = pytest.mark.xfail(strict=True, reason="its one block is run as every layer, and is the one that is named")


@pytest.fixture(scope="module")
def suite(load_benchmark):
    return load_benchmark("model_families")


def family_of(name):
    return next(family for family in FAMILIES if family.name == name)


@pytest.mark.parametrize("name", QUICK)
def test_a_family_is_looked_into_as_by_hand(suite, name):
    found = suite.run_family(family_of(name), HOOKS)
    refused = {room for room, told in found.items() if told.startswith("refused: ")}
    assert refused == NOTHING_TO_SAY.get(name, set())
    assert {told for room, told in found.items() if room not in refused} == {"equal"}


@pytest.mark.parametrize("name", ["gpt2_classes", "bart_classes", "bloom_tokens", "bert_many_labels"])
def test_logits_of_classes_are_as_by_hand(suite, name):
    family = next(family for family in CLASSIFIERS if family.name == name)
    assert set(suite.run_family(family, suite.CLASS_ROOMS).values()) == {"equal"}


@pytest.mark.slow
@pytest.mark.parametrize("name", [family.name for family in CLASSIFIERS])
def test_no_classifier_ends_in_a_traceback_or_another_number(suite, name):
    family = next(family for family in CLASSIFIERS if family.name == name)
    assert not [told for told in suite.run_family(family, suite.CLASS_ROOMS).values() if told.startswith("FAULT")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [pytest.param(family.name, marks=[SHARED] if family.name == "albert_masked" else []) for family in FAMILIES],
)
def test_no_family_ends_in_a_traceback_or_another_number(suite, name):
    assert not [told for told in suite.run_family(family_of(name)).values() if told.startswith("FAULT")]
