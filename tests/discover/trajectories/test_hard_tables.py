"""Tables as they come: out of order, with gaps, in other units; systems that are driven, rational or related."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from scipy.integrate import solve_ivp

from pellucid.algebra.expressions.text import parse
from pellucid.core.claim import Measured
from pellucid.discover.trajectories.sindy import SINDy
from pellucid.subjects.equations.trajectories import Trajectories
from pellucid.subjects.equations.trajectory_files import TableReading, read_trajectories

from .hard_tables import orbits, tables

SPRING = ("v", "-2*x")
TRUTH = {
    "twice.csv": (SPRING, "left out lines"),
    "shuffled.csv": (SPRING, "sorted the rows of 5 of 5"),
    "gaps.csv": (SPRING, "dropped 5 of 400 rows"),
    "milliseconds.csv": (SPRING, "read as seconds"),
    "commas.csv": (SPRING, "commas within numbers"),
    "dates.csv": (SPRING, "holds dates, read as days"),
    "short.csv": (SPRING, ""),
    "epidemic.csv": (("-I*S/2", "I*S/2 - I/5", "I/5"), ""),
    "enzyme.csv": (("-3*S/(2*(S + 3/10))", "3*S/(2*(S + 3/10))"), ""),
    "clocked.csv": (("v", "-x + cos(2*t)/2"), ""),
    "pushed.csv": (("v", "u - 3*v/10 - x"), ""),
}


@pytest.mark.parametrize("name", TRUTH)
def test_tables_are_read_told_and_explained(tmp_path, name):
    rates, note = TRUTH[name]
    (tmp_path / name).write_text(tables()[name])
    subject = read_trajectories(tmp_path / name, TableReading(inputs=("u",) if name == "pushed.csv" else ()))
    assert note in " ".join(subject.notes)
    found = SINDy().explain(subject).artifact
    names = (*found.given, "t")
    for ours, theirs in zip(found.rhs, rates, strict=True):
        assert sympy.simplify(parse(ours, names) - parse(theirs, names)) == 0
    again = type(found).from_dict(found.to_dict(), found.files())
    assert again == found


def test_one_run_of_a_stiff_reaction_is_followed_over_nine_decades_of_rates():
    def flow(_, y):  # Robertson's
        pair, fast = 1e4 * y[1] * y[2], 3e7 * y[1] ** 2
        return [pair - 0.04 * y[0], 0.04 * y[0] - pair - fast, fast]

    t = np.concatenate([[0.0], np.logspace(-5, 5, 160)])
    states = solve_ivp(flow, (0, 1e5), [1, 0, 0], "Radau", t, rtol=1e-10, atol=1e-14).y.T
    found = SINDy(degree=2).explain(Trajectories(t, states, ("A", "B", "C")))
    assert sorted(found.artifact.values) == pytest.approx([1e4, 3e7], rel=1e-4)
    shapes = {text.replace("k1", "k").replace("k2", "k") for text in found.artifact.rhs}
    assert shapes == {"-A/25 + B*C*k", "A/25 - B**2*k - B*C*k", "B**2*k"}
    assert found.artifact.relations == ("A + B + C - 1",)
    [late] = [c for c in found.claims if "not used" in c.statement]
    assert isinstance(late, Measured)
    assert late.value < 1e-4 < (late.baseline or 0)


def test_coarse_exact_samples_have_no_terms_too_many():
    t = np.arange(0, 12, 0.2)  # a sixth of a turn apart
    states = orbits(lambda t, s: [s[1], 0.7 * (1 - s[0] ** 2) * s[1] - s[0]], [[2, 0], [0.1, 0.2], [-1, 1]], t)
    found = SINDy().explain(Trajectories(t, states, ("x", "y"))).artifact
    assert [sympy.expand(e) for e in found.sympy()] == [
        sympy.expand(parse(text, ("x", "y"))) for text in ("y", "7*y/10 - 7*x**2*y/10 - x")
    ]


def test_inputs_are_named_or_refused():
    t = np.linspace(0, 1, 20)
    x = np.stack([np.sin(t), np.cos(t), t], 1)
    subject = Trajectories(t, x, ("a", "b", "u"), inputs=("u",))
    assert (subject.names, subject.u[0][:, 0].tolist()) == (("a", "b"), t.tolist())
    assert subject.select([0]).inputs == ("u",)
    with pytest.raises(ValueError, match="input 'w' is no variable; choose among a, b, u"):
        Trajectories(t, x, ("a", "b", "u"), inputs=("w",))
    with pytest.raises(ValueError, match="leave one to be explained"):
        Trajectories(t, x, ("a", "b", "u"), inputs=("a", "b", "u"))


def test_what_is_known_of_equations_is_kept_and_the_rest_is_found():
    t = np.linspace(0, 8, 80)
    starts = [[1.2, 0.0], [-0.6, 1.0], [0.3, -2.0], [1.0, 1.5]]
    states = orbits(lambda t, s: [s[1], -4.1 * np.sin(s[0]) - 0.37 * s[1] * abs(s[1])], starts, t, 0.005)
    subject = Trajectories(t, states, ("q", "w"))
    found = SINDy(known=("w' = -4.1*sin(q) + ...",), terms=("w*abs(w)",)).explain(subject).artifact
    assert found.rhs == ("w", "-k1*w*Abs(w) - 41*sin(q)/10")
    assert abs(found.values[0] - 0.37) < 4 * found.uncertainties[0] < 0.02
    whole = SINDy(known=("q' = w", "w' = -4.1*sin(q) - 0.37*w*abs(w)")).explain(subject).artifact
    assert (whole.values, whole.misfit < 1.2) == ((), True)
    with pytest.raises(ValueError, match=r"is no equation of a variable; write .* for one of q, w"):
        SINDy(known=("u' = w",)).explain(subject)
