"""Which cases a suite runs, what one case gives, and what is written down."""

import io
import tomllib
from dataclasses import asdict, fields, replace
from functools import partial
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
    "not_every": 0,
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


def test_a_part_says_which_it_is(runner):
    part = options(suite="classics", noise=[0.01], every=4, seeds=None, record=True)
    assert runner.command(part) == "python benchmarks/formulas.py --suite classics --noise 0.01 --every 4"
    assert runner.command(options(suite="classics", seeds=None, peers=[])).endswith("--suite classics --peers")
    peers = options(suite="laws", half="second", seeds=None, peers_only=True, seconds=10.0, peers=["operon"])
    assert runner.command(peers).endswith("--suite laws --half second --seconds 10 --peers-only --peers operon")
    assert len(runner.ours(part)) == 24


def test_what_every_nth_leaves_out_can_be_run_alone(runner):
    names = [
        {case["problem"] for case in runner.ours(options(suite="realistic", **part))}
        for part in ({"every": 4}, {"not_every": 4}, {})
    ]
    assert [len(each) for each in names] == [30, 90, 120]
    assert names[0] | names[1] == names[2]


def test_another_number_of_rows_is_not_recorded(runner):
    with pytest.raises(ValueError, match="--rows"):
        runner.run(options(suite="classics", rows=20, record=True))


def test_a_second_half_that_was_seen_is_counted_though_its_rows_are_not_kept(
    runner, solve, report, monkeypatch, tmp_path
):
    monkeypatch.setattr(report, "write", partial(report.write, folder=tmp_path))
    result = {**asdict(law_row(solve, "tide", "second")), "commit": "abc", "date": "2026-01-01"}
    monkeypatch.setattr(runner, "solve_law", lambda case: {**result, "engine": case["engine"]})
    given = options(suite="laws", half="second", only=["tide"], jobs=1, store=None, peers=[])
    monkeypatch.setattr(runner, "problems", lambda *_: ["tide"])
    runner.run(given)
    runner.run(given)
    written = tomllib.loads((tmp_path / "laws.toml").read_text())
    assert written["runs_of_second_half"] == 1
    assert "row" not in written
    (tmp_path / "laws.toml").rename(tmp_path / "kept.toml")
    runner.run(options(**{**vars(given), "peers_only": True, "seconds": 1.0, "peers": ["operon"]}))
    assert not (tmp_path / "laws.toml").exists()  # peers alone have shown nothing of ours
    (tmp_path / "kept.toml").rename(tmp_path / "laws.toml")
    runner.run(options(**{**vars(given), "peers_only": True, "seconds": 1.0, "peers": ["operon"], "record": True}))
    written = tomllib.loads((tmp_path / "laws.toml").read_text())
    assert written["runs_of_second_half"] == 1
    assert written["row"][0]["engine"] == "operon"
    assert written["run"] == [
        {"number": 1, "command": written["run"][0]["command"], "commit": "abc", "days": ["2026-01-01"]}
    ]


def test_values_are_counted_against_what_the_true_form_reaches(solve, report):
    within = solve.Row("a", "first", 0.02, 0, "pellucid", False, "values", True, True, True, "x", 0.0, 0.0, 1.5)
    beyond = solve.Row("b", "second", 0.02, 0, "pellucid", False, "different", False, False, False, "x", 0.0, 0.0, 1.5)
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


def test_a_peer_is_right_if_any_of_its_best_members_is(solve, monkeypatch):
    x = sympy.Symbol("x", real=True)
    monkeypatch.setattr(solve, "polished_best", lambda found, *_, **__: [SimpleNamespace(expression=e) for e in found])
    monkeypatch.setitem(solve.ENGINES, "operon", lambda *_: [x, x**3 + 1.01 * x**2 + x, x**2])
    row = solve.Row(**solve.solve_problem(case(engine="operon", noise=0.01)))
    assert (row.exact, row.form) == (False, True)


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


def law_row(solve, name, half, **changes):
    row = solve.Row(name, half, 0.02, 0, "pellucid", False, "values", True, True, True, "x", 0.0, 0.0, 1.5, 10.0)
    return replace(row, **{"commit": "abc", "date": "2026-01-01", **changes})


def test_a_half_of_the_laws_keeps_the_other_and_counts_its_runs(solve, report, tmp_path):
    first = law_row(solve, "a", "first")
    second = law_row(solve, "b", "second", by="failed", values=False, form=False)
    report.write("laws", [first], "python", tmp_path)
    report.write("laws", [second], "python second", tmp_path, seen=[second])
    later = replace(second, commit="def")
    path = report.write("laws", [later], "python second", tmp_path, seen=[later])
    written = tomllib.loads(path.read_text())
    assert written["runs_of_second_half"] == 2
    assert [run["commit"] for run in written["run_of_second_half"]] == ["abc", "def"]
    assert written["found"]["pellucid"]["first"]["values_within_ceiling"] == 1
    assert written["found"]["pellucid"]["second"]["failed"] == 1
    assert [(row["problem"], row["run"], row["allowed"]) for row in written["row"]] == [("a", 1, 10.0), ("b", 2, 10.0)]
    assert [run["commit"] for run in written["run"]] == ["abc", "def"]


def test_rows_of_several_runs_become_one_file_and_the_later_one_stands(solve, report, tmp_path):
    old = solve.Row("R-1", "R", 0.0, 0, "pellucid", False, "no", False, True, True, "x", 0.1, float("inf"), 1.5, 0.0)
    report.write("classics", [replace(old, commit="1"), replace(old, problem="R-2", commit="1")], "python", tmp_path)
    path = report.write("classics", [replace(old, exact=True, commit="2")], "python", tmp_path)
    written = tomllib.loads(path.read_text())
    assert written["found"]["pellucid"]["noise 0"]["R"]["exact"] == 1
    assert written["found"]["pellucid"]["noise 0"]["R"]["problems"] == 2
    assert {row["problem"]: written["run"][row["run"] - 1]["commit"] for row in written["row"]} == {
        "R-1": "2",
        "R-2": "1",
    }
    assert all(row["error_outside"] == "infinite" for row in written["row"])


def test_a_peer_is_compared_on_the_draws_that_both_were_asked_about(solve, report, tmp_path):
    rows = [law_row(solve, "a", "first", seed=seed, values=seed < 2) for seed in range(3)]
    rows += [law_row(solve, "a", "first", engine="operon", seed=1, values=False)]
    rows += [law_row(solve, "a", "first", engine="eggp", seed=seed) for seed in range(5)]
    assert [(row.engine, row.seed) for row in report.against("operon", rows)] == [("pellucid", 1), ("operon", 1)]
    written = tomllib.loads(report.write("laws", rows, "python", tmp_path).read_text())
    assert written["against"]["operon"]["pellucid"]["all"]["values"] == 1
    assert written["against"]["operon"]["operon"]["all"]["values"] == 0
    assert written["against"]["eggp"]["pellucid"]["all"]["values"] == 2
    assert written["against"]["eggp"]["eggp"]["all"]["problems"] == 3


@pytest.mark.parametrize("suite", ["classics", "realistic", "laws", "varied"])
def test_every_figure_that_is_written_down_can_be_counted_again(solve, report, suite):
    path = report.place(suite, report.PAPERS)
    if not path.exists():
        pytest.skip("no figures of this suite are written down")
    written = tomllib.loads(path.read_text())
    known = {field.name for field in fields(solve.Row)}
    rows = [
        solve.Row(**{key: value for key, value in report.read(row).items() if key in known})
        for row in written.get("row", [])
    ]
    counted = report.tally(suite, rows)
    assert sum(1 for _ in leaves(written.get("found", {}))) == len(counted)
    for (noise, engine, family), figures in counted.items():
        keys = (engine, family) if suite == "laws" else (engine, f"noise {noise:g}", family)
        found = written["found"]
        for key in keys:
            found = found[key]
        assert found == pytest.approx(figures, abs=0.11)  # the seconds of a row have four digits
    numbers = {run["number"] for run in written.get("run", [])}
    assert {row["run"] for row in written.get("row", []) if "run" in row} == numbers


def leaves(found):
    """The tables of figures inside a table of tables."""
    for value in found.values():
        if "problems" in value:
            yield value
        else:
            yield from leaves(value)


def test_the_summary_says_how_many_of_how_many_are_right_of_which_goal(solve, report):
    from rich.console import Console

    row = solve.Row("R-1", "R", 0.0, 0, "pellucid", True, "equal", True, True, True, "x", 0.0, 0.0, 1.5)
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(report.summary("classics", [row, replace(row, engine="operon", exact=False)]))
    text = console.export_text()
    assert "3 of 3" in text
    assert "1, 1 of 1, 1.5 s" in text
    assert "0, 1 of 1, 1.5 s" in text
