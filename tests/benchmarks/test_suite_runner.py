"""Which cases a suite runs, what one case gives, and what is written down."""

import tomllib
from types import SimpleNamespace

import pytest
import sympy

GIVEN = {
    "seed": 0,
    "seeds": 1,
    "noise": None,
    "budget": 0.0,
    "rows": 0,
    "only": None,
    "half": "first",
    "quick": False,
    "every": 1,
    "record": False,
    "peers_only": False,
    "seconds": None,
    "peers": ["operon", "gplearn", "eggp", "bingo"],
}


@pytest.fixture(scope="module")
def runner(load_benchmark):
    return load_benchmark("suites.runner")


@pytest.fixture(scope="module")
def report(load_benchmark):
    return load_benchmark("suites.report")


@pytest.fixture(scope="module")
def solve(load_benchmark):
    return load_benchmark("suites.solve")


def options(**changes):
    return SimpleNamespace(**{**GIVEN, **changes})


def test_a_whole_suite_has_every_problem_at_every_noise(runner):
    assert len(runner.ours(options(suite="classics"))) == 4 * 95
    assert len(runner.ours(options(suite="realistic"))) == 120
    assert len(runner.ours(options(suite="laws", seeds=None))) == 20 * 5


def test_the_halves_of_the_laws_share_nothing(runner):
    first, second = (set(runner.problems("laws", half, ())) for half in ("first", "second"))
    assert len(first) == len(second) == 20
    assert not first & second


def test_families_can_be_asked_for_and_unknown_names_are_refused(runner):
    assert len(runner.problems("classics", "first", ["Jin", "R-1"])) == 7
    with pytest.raises(ValueError, match="Nguyen"):
        runner.problems("classics", "first", ["Nguyen-99"])


def test_peers_get_the_seconds_that_ours_used(runner):
    cases = runner.ours(options(suite="classics", only=["R-1", "R-2"], noise=[0.0]))
    used = {("R-1", 0.0, 0): 3.2}  # R-2 failed
    (other,) = runner.theirs(cases, ["operon"], used, None)
    assert (other["engine"], other["problem"], other["seconds"]) == ("operon", "R-1", 4.0)


def test_peers_alone_get_the_seconds_that_are_given(runner):
    cases = runner.ours(options(suite="classics", only=["R-1", "R-2"], noise=[0.0]))
    others = runner.theirs(cases, ["operon"], {}, 10.0)
    assert [(other["problem"], other["seconds"]) for other in others] == [("R-1", 10.0), ("R-2", 10.0)]
    with pytest.raises(ValueError, match="--seconds"):
        runner.run(options(suite="classics", peers_only=True))


def test_the_clock_on_the_wall_is_never_behind_the_cpu(load_benchmark):
    assert 1 <= load_benchmark("suites.engines")._wall_for_each_cpu_second() <= 4


def test_only_the_whole_may_be_written_down(runner):
    assert runner.is_whole(options(suite="classics"))
    assert not runner.is_whole(options(suite="classics", only=["R"]))
    assert not runner.is_whole(options(suite="classics", budget=5.0))
    assert not runner.is_whole(options(suite="classics", noise=[0.0]))
    assert not runner.is_whole(options(suite="laws", seeds=1))
    assert runner.is_whole(options(suite="laws", seeds=None))


def test_a_part_is_written_down_where_that_is_asked_and_says_which_it_is(runner):
    part = options(suite="classics", noise=[0.01], every=4, seeds=None, record=True)
    assert runner.is_whole(part)
    assert runner.command(part) == "python benchmarks/formulas.py --suite classics --noise 0.01 --every 4"
    assert runner.command(options(suite="classics", seeds=None, peers=[])).endswith("--suite classics --peers")
    assert len(runner.ours(part)) == 24
    assert not runner.is_whole(options(suite="classics", only=["R"], record=True))


def test_values_are_counted_against_what_the_true_form_reaches(solve, report):
    within = solve.Row("a", "law", 0.02, 0, "pellucid", False, "values", True, True, True, "x", 0.0, 0.0, 1.5)
    beyond = solve.Row("b", "law", 0.02, 0, "pellucid", False, "different", False, False, False, "x", 0.0, 0.0, 1.5)
    told = report.of_the_ceiling("pellucid", [within, beyond])
    assert told == "pellucid: values right in 100 % of 1 within the ceiling, form in 50 % of 2"


def case(**changes):
    fixed = {"suite": "classics", "problem": "Nguyen-1", "noise": 0.0, "seed": 0, "engine": "pellucid", "seconds": 0.0}
    return {**fixed, **changes}


def test_a_case_is_judged_and_timed(solve, monkeypatch):
    x = sympy.Symbol("x", real=True)
    monkeypatch.setitem(solve.ENGINES, "pellucid", lambda *_: [x**3 + x**2 + x])
    row = solve.Row(**solve.solve_problem(case()))
    assert (row.exact, row.by, row.form, row.values, row.family) == (True, "equal", True, True, "Nguyen")


@pytest.mark.parametrize(("error", "by"), [(ValueError("too few rows"), "nothing"), (KeyError("zoo"), "failed")])
def test_an_engine_that_raises_loses_only_its_case(solve, monkeypatch, error, by):
    def raises(*_):
        raise error

    monkeypatch.setitem(solve.ENGINES, "pellucid", raises)
    for solved in (solve.solve_problem(case()), solve.solve_law(case(suite="laws", problem="hubble"))):
        assert solved["by"] == by
        assert not solved["form"]
        assert str(error) in solved["expression"]


def test_a_formula_that_is_too_much_for_the_judge_loses_only_its_case(solve, monkeypatch):
    def raises(*_):
        raise NotImplementedError

    monkeypatch.setitem(solve.ENGINES, "pellucid", lambda *_: [sympy.Symbol("d", real=True)])
    monkeypatch.setattr(solve.DrawnLaw, "is_form", raises)
    solved = solve.solve_law(case(suite="laws", problem="hubble"))
    assert (solved["by"], solved["form"], solved["expression"]) == ("different", False, "d")
    assert solved["ceiling"]


def test_a_law_is_judged_by_values_and_by_form(solve, monkeypatch):
    d = sympy.Symbol("d", real=True)
    monkeypatch.setitem(solve.ENGINES, "pellucid", lambda *_: [sympy.Float(70.3) * d])
    row = solve.Row(**solve.solve_law(case(suite="laws", problem="hubble")))
    assert (row.values, row.form, row.ceiling, row.by) == (True, True, True, "values")


def test_what_is_written_down_is_read_back(solve, report, tmp_path):
    row = solve.Row("R-1", "R", 0.0, 0, "pellucid", True, "equal", True, True, True, "x", 0.0, float("inf"), 1.5)
    path = report.write("classics", [row], "python", folder=tmp_path)
    written = tomllib.loads(path.read_text())
    assert written["goals"]["Korns"] == 9
    assert written["found"]["pellucid"]["noise 0"]["R"]["exact"] == 1
    assert written["row"][0]["error_outside"] == "infinite"
    assert len(written["problem"]) == 95


def test_srsd_says_where_each_range_is_from(report, tmp_path):
    written = tomllib.loads(report.write("realistic", [], "python", folder=tmp_path).read_text())
    assert len(written["problem"]) == 120
    assert {problem["ranges"] for problem in written["problem"]} == {"published"}


def test_a_half_of_the_laws_keeps_the_other_and_counts_its_runs(solve, report, tmp_path):
    first = solve.Row("a", "law", 0.02, 0, "pellucid", False, "values", True, True, True, "x", 0.0, 0.0, 1.5)
    second = solve.Row("b", "law", 0.02, 0, "pellucid", False, "failed", False, False, True, "", 0.0, 0.0, 1.5)
    report.write("laws", [first], "python", "first", tmp_path)
    report.write("laws", [second], "python", "second", tmp_path)
    path = report.write("laws", [second], "python", "second", tmp_path)
    written = tomllib.loads(path.read_text())
    assert written["runs_of_second_half"] == 2
    assert written["found"]["first"]["pellucid"]["all"]["values"] == 1
    assert written["found"]["second"]["pellucid"]["all"]["failed"] == 1
    assert [len(written["row"][half]) for half in ("first", "second")] == [1, 1]
