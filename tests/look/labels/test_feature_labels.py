"""Labels of features: by a server that is none and knows the truth, lies, or cannot be read; and by token tables."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pellucid.artifacts import FeatureAtlas, FeatureFiring
from pellucid.artifacts import FeatureLabels as Labels
from pellucid.core.claim import Measured
from pellucid.look import FeatureLabels, SeenFeatures
from pellucid.look.labels.passages import Passages
from pellucid.look.labels.questions import label_of, marked, yes_or_no
from pellucid.report import dashboard_html, page_data, report_html

WORDS = (" cat", " dog", " red", " blue", " one", " two", " sat", " ran", " far", " near", " up", " down")
SMALL = {"length": 8, "strongest": 3, "spread": 2, "judged": 6, "batch": 3, "shuffled": 4}


@pytest.fixture(scope="module")
def seen():
    """Feature i < 4 fires at words 2i and 2i + 1; feature 4 at chance; feature 5 never."""
    numbers = np.random.default_rng(0)
    texts = numbers.integers(0, len(WORDS), (60, 24))
    rows, positions = (one.ravel() for one in np.indices(texts.shape))
    fires = np.zeros((texts.size, 6))
    for feature in range(4):
        fires[:, feature] = texts.ravel() // 2 == feature
    fires[:, 4] = numbers.random(texts.size) < 0.1
    values = fires * numbers.uniform(1, 2, fires.shape)
    firing = FeatureFiring.of_codes(rows, positions, values, np.tile(np.arange(6), (texts.size, 1)), 6)
    none, few = np.full(6, np.nan), np.zeros((6, 2), int)
    atlas = FeatureAtlas(
        name="layer of a model", vocabulary=WORDS, texts=texts, density=fires.mean(0), maximum=values.max(0),
        histogram=np.ones((6, 4), int), example_rows=few, example_positions=few,
        example_values=np.ones((6, 2, 3)), promoted=few, promoted_values=few * 1.0, suppressed=few,
        suppressed_values=few * 1.0, nearest=few, cosines=few * 1.0, ablation_estimate=none, ablation=none,
        ablation_error=none, before=1, spread=1, tokens=texts.size,
    )  # fmt: skip
    return SeenFeatures(atlas, firing)


def knowing(said: str) -> str:
    """Labels a feature with the words that are marked most; says of passages whether a word of the label is in them."""
    passages = re.findall(r"^\d+\. (.*)$", said, re.MULTILINE)
    if "described as" not in said:
        marks = [word for passage in passages for run in re.findall("<<(.*?)>>", passage) for word in run.split()]
        return f"Label: {' '.join(sorted(set(marks)))}."
    label = set(re.search("described as: (.*)", said)[1].split())
    judged = [" ".join(re.findall("<<(.*?)>>", passage)) if "<<" in passage else passage for passage in passages]
    return str([int(bool(label & set(passage.split()))) for passage in judged])


def test_labels_that_tell_score_and_shuffled_ones_do_not(seen, serve):
    url, asked = serve(knowing)
    finding = FeatureLabels("fake", url, chosen=(0, 1, 2, 3), **SMALL).explain(seen)
    found = finding.artifact
    assert found.labels[0] == "cat dog"
    assert found.detection.tolist() == [1.0] * 4
    assert found.fuzzing.min() > 0.7  # random marks may fall on its words
    claim = finding.claim("detection")
    assert claim.value == 1
    assert claim.baseline < 0.75
    assert finding.measured("answers_read") == 100
    costs = FeatureLabels("fake", url, chosen=(0, 1, 2, 3), **SMALL).costs(seen)
    assert len(asked) == costs.questions
    letters = sum(len(turns["messages"][0]["content"]) for turns in asked)
    assert 0.3 < costs.tokens / (letters / 4) < 3


def test_a_model_that_says_yes_to_all_scores_as_guessing_does(seen, serve):
    url, _ = serve(lambda said: "[1, 1, 1]" if "described as" in said else "something")
    found = FeatureLabels("fake", url, chosen=(0, 1), **SMALL).explain(seen).artifact
    assert found.detection.tolist() == [0.5, 0.5]
    assert found.table_detection.tolist() == [1.0, 1.0]


def test_answers_that_cannot_be_read_are_no_answers(seen, serve):
    url, _ = serve(lambda said: "Yes, I believe so!")
    finding = FeatureLabels("fake", url, chosen=(0, 1), **SMALL).explain(seen)
    assert np.isnan(finding.artifact.detection).all()
    assert finding.measured("answers_read") == 0
    assert "detection" not in {claim.key for claim in finding.claims}


def test_token_tables_alone_ask_nobody_and_tell_what_is_told(seen):
    finding = FeatureLabels(length=8, judged=6).explain(seen)
    found = finding.artifact
    assert sorted(found.features.tolist()) == [0, 1, 2, 3, 4]
    for feature in range(4):
        assert found.table_detection[found.of(feature)] == 1
    assert found.table_detection[found.of(4)] < 0.9
    assert found.of(5) is None
    assert all(isinstance(claim, Measured) for claim in finding.claims)


def test_a_server_that_fails_loses_nothing_that_was_answered(seen, serve, tmp_path):
    count = [0]

    def tiring(said):
        count[0] += 1
        return knowing(said) if count[0] < 20 else 400

    url, asked = serve(tiring)
    method = FeatureLabels("fake", url, chosen=(0, 1, 2, 3), **SMALL)
    finding = method.explain(seen, checkpoint=tmp_path)
    assert 0 < len(finding.artifact.labels) < 4
    assert "HTTP 400" in finding.claim("interrupted").evidence
    count[0] = -100
    again = method.explain(seen, checkpoint=tmp_path)
    assert len(again.artifact.labels) == 4
    assert len(asked) == method.costs(seen).questions + 1  # none twice, but for the one that failed
    afresh = method.explain(seen)
    assert afresh.artifact == again.artifact


def test_an_absent_server_is_told_in_a_line(seen):
    with pytest.raises(ValueError, match="no label was given: http://127"):
        FeatureLabels("fake", "http://127.0.0.1:9/v1", chosen=(0,), **SMALL).explain(seen)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"judged": 0}, "judged=0 labels nothing"),
        ({"length": 99}, "length=99 is no piece of rows of 24"),
        ({"share": 1.0}, "share=1.0 of 60 rows"),
        ({"model": "a", "local": "b"}, "name one"),
        ({"model": "a", "base_url": "localhost"}, "is no address"),
        ({"model": "a", "chosen": (99,)}, "feature 99 is none of 6"),
        ({"model": "a", "chosen": (5,)}, "no feature fires"),
    ],
)
def test_bad_settings_say_what_to_do(seen, settings, message):
    with pytest.raises(ValueError, match=message):
        FeatureLabels(**{"length": 8, **settings}).explain(seen)


def test_nothing_that_is_judged_was_shown(seen):
    passages = Passages(seen, 8, 0.25)
    for feature in range(5):
        shown = {words.tobytes() for words, _ in passages.shown(feature, 50, 0)}
        judged = passages.judged(feature, 50, np.random.default_rng(0))
        assert len(judged.firing) == len(judged.silent) > 0
        assert not shown & {words.tobytes() for words in [*judged.firing, *judged.silent]}
        for words, marks in zip(judged.firing, judged.fires, strict=True):
            if feature < 4:
                assert (marks == (words // 2 == feature)).all()
        assert (judged.others.sum(1) == judged.fires.sum(1)).all()


def test_the_pages_show_labels_and_scores(seen, serve):
    url, _ = serve(knowing)
    finding = FeatureLabels("fake", url, chosen=(0, 1), **SMALL).explain(seen)
    data = page_data(seen.atlas, finding.artifact)
    assert data["labels"]["0"][0] == "cat dog"
    assert "cat dog" in report_html(finding)
    assert "</html>" in dashboard_html(seen.atlas, (), finding.artifact)
    assert finding.artifact.to_csv().splitlines()[1].startswith(("0,cat dog,1.000", "1,blue red,1.000"))
    again = Labels.from_dict(finding.artifact.to_dict(), finding.artifact.files())
    assert again == finding.artifact


@pytest.mark.parametrize(
    ("answer", "count", "read"),
    [
        ("[1,0,1]", 3, [True, False, True]),
        ("First [0, 0], then\n[1, 1].", 2, [True, True]),
        ("[1,0]", 3, None),
        ("", 1, None),
        ("1.", 1, [True]),
        ("12", 1, None),
        ("[2, 1]", 2, None),
        ("101", 3, None),
    ],
)
def test_lists_are_read_or_not_at_all(answer, count, read):
    assert yes_or_no(answer, count) == read


def test_labels_are_one_phrase():
    assert label_of("Sure!\n\n**Words for animals**") == "Words for animals"
    assert label_of("") == ""
    assert len(label_of("x" * 999)) == 160
    assert marked(["a", "\n"], [True, True]) == "<<a\\n>>"
