"""Probes of one set of texts on another."""

from pellucid.look.probes.logistic_probe import LogisticProbe
from pellucid.look.probes.transfer import ProbeTransfer
from pellucid.subjects.models.labelled.labelled import LabelledSets

from .labelled_rows import rows


def test_transfer_leaves_out_what_was_trained_on():
    one, other = rows(groups=tuple(str(i // 2) for i in range(120))), rows(seed=1, gap=-4.0)
    found = ProbeTransfer().explain(LabelledSets({"plain": one, "negated": other})).artifact
    assert found.values.diagonal().min() > 0.9
    assert found.across.max() < 0.1
    logistic_too = ProbeTransfer(LogisticProbe(penalties=(0.03,))).explain(LabelledSets({"a": one, "b": rows(seed=2)}))
    assert logistic_too.artifact.across.min() > 0.9
