"""What the page of a layer map says first."""

from pellucid.artifacts import Effects
from pellucid.core import Finding, Provenance
from pellucid.report import report_html, summary


def test_layers_are_told_by_what_their_deletion_costs():
    names = ("KL, deleted", "top-1 kept, deleted", "KL, swapped")
    rows = ((3.0, 0.1, 1.0), (0.1, 0.9, 0.2), (0.5, 0.8, None))
    effects = Effects(("l.0", "l.1", "l.2"), names, rows, groups=("a", "b", "b"), title="layers of tiny")
    finding = Finding(effects, (), Provenance("layers", {"notes": ["text: corpus, 8 rows"]}, 0, ""))
    text = summary(finding)
    assert text.startswith("Of 3 layers, leaving out layer 0 (3.00 nats)")
    assert "1 (0.100 nats) least" in text
    assert text.endswith("Stages, by a rule: a in layer 0, b in layers 1-2. It makes no claims.")
    page = report_html(finding)
    assert "Layers of tiny" in page
    assert "Text: corpus, 8 rows." in page
    assert "95 % intervals" in page


def test_effects_of_other_parts_are_told_by_the_artifact():
    effects = Effects(("head 0", "head 1"), ("logit",), ((0.5,), (0.1,)), title="heads")
    assert summary(Finding(effects, (), Provenance("heads", {}, 0, ""))).startswith(f"{effects.describe()}.")
