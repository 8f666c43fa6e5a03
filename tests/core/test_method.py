"""What every method gets from its base: a checked subject, a provenance, one way in."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pellucid.core import Artifact, Context, Found, Measured, Method, Subject
from pellucid.core.method import method_name


class Coin(Subject):
    """A subject of these tests."""

    made_by = "Coin()"

    def fingerprint(self):
        return "coin"


@dataclass(frozen=True)
class Face(Artifact):
    """An artifact of these tests; it has no `kind`, and so is registered nowhere."""

    def describe(self):
        return "heads"

    def to_dict(self):
        return {}

    @classmethod
    def from_dict(cls, data, files):
        return cls()


@dataclass(frozen=True)
class Toss(Method[Coin, Face]):
    """Looks at a coin."""

    times: int = 3

    def _as_subject(self, given):
        return Coin() if given == "penny" else given

    def _find(self, subject, context):
        with context.timed("tossing"):
            claim = Measured("heads", context.stream("toss") % 2, "")
        return Found(Face(), (claim,), route="by hand", settings={"coins": 1})


def test_the_provenance_is_written_for_the_method():
    provenance = Toss().explain(Coin(), seed=4).provenance
    assert provenance.settings == {"times": 3, "coins": 1}
    assert (provenance.seed, provenance.subject, provenance.route) == (4, "coin", "by hand")
    assert set(provenance.seconds) == {"tossing", "total"}
    assert provenance.method == method_name(Toss())


def test_what_stands_for_a_subject_is_taken():
    assert Toss().explain("penny", seed=1) == Toss().explain(Coin(), seed=1)


@pytest.mark.parametrize("given", [None, 3, Coin, [Coin()]])
def test_another_subject_gets_a_message_that_says_what_to_give(given):
    with pytest.raises(TypeError, match=r"Toss opens Coin, not .*; make one by Coin\(\)"):
        Toss().explain(given)


def test_a_method_must_say_how_it_finds_something():
    @dataclass(frozen=True)
    class Idle(Method[Coin, Face]):
        """It finds nothing."""

    with pytest.raises(TypeError, match="_find"):
        Idle()  # type: ignore[abstract]


def test_explain_is_final():
    assert Method.explain.__final__  # type: ignore[attr-defined]
    assert Toss.explain is Method.explain


def test_stages_are_timed_on_the_clock_of_the_processor(monkeypatch):
    clock = iter([1.0, 3.5, 10.0, 11.0])
    monkeypatch.setattr("pellucid.core.context.time.process_time", lambda: next(clock))
    context = Context()
    with context.timed("fit"):
        pass
    with pytest.raises(ValueError, match="broken"), context.timed("fit"):
        raise ValueError("broken")
    assert context.seconds == {"fit": 3.5}
