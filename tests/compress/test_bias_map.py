"""Maps of sources: planted differences are found, shuffled sources are not, and bad corpora are named."""

import numpy as np
import pytest

from pellucid.compress.bias_map import BiasMap
from pellucid.jobs.bias import open_corpus
from pellucid.subjects.tables.corpus import Corpus, read_corpus

WORDS = [a + b for a in "bdfgklmn" for b in ("ala", "eno", "iru", "oma", "uti")]


def corpus(seed, lean, sources=4, each=40, length=40):
    """Sources of two camps; a sentence of each document is of its camp with the chance 0.5 + `lean`."""
    generator = np.random.default_rng(seed)
    said = [[" ".join(generator.choice(WORDS, 3)) for _ in range(12)] for _ in range(2)]
    texts, names = [], []
    for source in range(sources):
        for _ in range(each):
            camp = np.where(generator.random(length) < 0.5 + lean, source % 2, 1 - source % 2)
            texts.append(". ".join(said[c][generator.integers(12)] for c in camp))
            names.append(f"paper {'abcdefgh'[source]}")
    return Corpus(tuple(texts), tuple(names))


def test_two_camps_are_one_axis():
    finding = open_corpus(corpus(0, 0.15), method=BiasMap(resamples=40))
    found = finding.artifact
    assert found.axes == 1
    side = {name: place[0] > 0 for name, place in zip(found.sources, found.places, strict=True)}
    assert side["paper a"] == side["paper c"] != side["paper b"] == side["paper d"]
    told = finding.claim("told")
    assert told.value > told.baseline + 0.15


def test_sources_without_a_difference_have_no_axis():
    none = [open_corpus(corpus(seed, 0.0), method=BiasMap(resamples=40)).artifact.axes == 0 for seed in range(12)]
    assert sum(none) >= 10


def test_ellipses_shrink_with_documents():
    few, many = (open_corpus(corpus(1, 0.1, each=n), method=BiasMap(resamples=40)).artifact for n in (15, 120))
    assert np.mean([s[0] for s in many.spreads]) < 0.5 * np.mean([s[0] for s in few.spreads])


def test_names_of_sources_are_no_phrases():
    said = ("star says the same old thing again", "star is silent on all this today")
    texts = tuple(f"{'north' if i % 2 else 'south'} {said[i // 2 % 2]}" for i in range(40))
    found = open_corpus(Corpus(texts, tuple("north" if i % 2 else "south" for i in range(40))))
    assert found.artifact.axes == 0 or "north" not in str(found.artifact.ends)
    assert found.claim("told").value <= 0.75


@pytest.mark.parametrize(
    ("texts", "sources", "words"),
    [
        (("a b",) * 20, ("x",) * 20, "1 source"),
        (("a b", " ") * 10, ("x", "y") * 10, "is empty"),
        (("a b",) * 3, ("x", "y"), "one to each text"),
    ],
)
def test_bad_corpora_are_named(texts, sources, words):
    with pytest.raises(ValueError, match=words):
        Corpus(texts, sources)


def test_sources_of_few_documents_and_texts_without_phrases_are_named():
    with pytest.raises(ValueError, match="fewer than 5 documents"):
        BiasMap().explain(Corpus(("a b", "c d"), ("x", "y")))
    with pytest.raises(ValueError, match="no phrase stands in"):
        BiasMap().explain(Corpus(tuple(WORDS[:20]), ("x", "y") * 10))


def test_a_repeated_text_is_taken_once_and_told(tmp_path):
    file = tmp_path / "said.csv"
    file.write_text("outlet,body\nx,it rains\nx,it rains\ny,it snows\n")
    found = read_corpus(file, text="body", source="outlet")
    assert len(found.texts) == 2
    assert "1 of 3 rows" in found.notes[0]
