"""A search that is interrupted goes on where it was, and finds the same."""

import pytest

pytest.importorskip("flint")

from pellucid.discover import Invariants
from pellucid.discover.conserved import invariants
from pellucid.subjects import Dynamics

KEPLER = Dynamics.parse(
    "x' = a; y' = b; a' = -k*x/(x**2 + y**2)**(3/2); b' = -k*y/(x**2 + y**2)**(3/2)", parameters="k"
)


class Killed(Exception):
    pass


def test_goes_on_where_it_was_killed(tmp_path, monkeypatch):
    whole = Invariants(degree=3, orbits=2).explain(KEPLER, 5)
    exact, null_space, calls = invariants.exact_coefficients, invariants.null_space, []

    def dying(*arguments):
        if len(calls) == 2:
            raise Killed
        calls.append("exact")
        return exact(*arguments)

    monkeypatch.setattr(invariants, "exact_coefficients", dying)
    with pytest.raises(Killed):
        Invariants(degree=3, orbits=2).explain(KEPLER, 5, checkpoint=tmp_path)
    calls.clear()

    def counted(*arguments):
        calls.append("exact")
        return exact(*arguments)

    monkeypatch.setattr(invariants, "exact_coefficients", counted)
    monkeypatch.setattr(invariants, "null_space", None)
    again = Invariants(degree=3, orbits=2).explain(KEPLER, 5, checkpoint=tmp_path)
    assert again == whole
    assert len(calls) == len(whole.artifact.expressions) + len(whole.artifact.others) - 2
    monkeypatch.setattr(invariants, "null_space", null_space)
    with pytest.raises(ValueError, match="another job"):
        Invariants(degree=2).explain(KEPLER, 5, checkpoint=tmp_path)
