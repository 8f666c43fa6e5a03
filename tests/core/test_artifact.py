"""Every kind of artifact is registered under its name."""

import pellucid.artifacts  # noqa: F401
from pellucid.core.artifact import KINDS


def test_every_kind_is_registered_under_its_name():
    assert {"program", "automaton", "network", "training-curve", "state-cloud", "formula", "front"} <= set(KINDS)
    assert all(KINDS[kind].kind == kind for kind in KINDS)
