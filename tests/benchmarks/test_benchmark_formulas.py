"""What `benchmarks/formulas.py` counts as found, and what it writes down."""

import tomllib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import sympy

from pellucid.artifacts.formulas.formula import parse
from pellucid.datasets.feynman import feynman_equation
from pellucid.subjects.tables.samples import Samples


@pytest.fixture(scope="module")
def formulas(load_benchmark):
    return load_benchmark("formulas")


@pytest.fixture(scope="module")
def engines(load_benchmark):
    return load_benchmark("suites.engines")


@pytest.mark.parametrize(
    ("answer", "exact"),
    [
        ("sqrt(x1**2 - 2*x1*x2 + x2**2 + (y1 - y2)**2)", True),
        ("1.0000001*sqrt((x1 - x2)**2 + (y1 - y2)**2)", False),
        ("sqrt((x1 - x2)**2 + (y1 - y2)**2 + 1)", False),
        ("x1 + x2", False),
    ],
)
def test_only_the_equation_itself_is_exact(formulas, answer, exact):
    equation = feynman_equation("I.8.14")
    judged = formulas._judged(equation, parse(answer, equation.names), equation.sample(100))
    assert judged[0] is exact


def test_a_tree_of_gplearn_is_read(load_benchmark):
    a, b = sympy.symbols("a b", real=True)
    function = {name: SimpleNamespace(name=name, arity=1 + (name in ("add", "div"))) for name in ("add", "div", "exp")}
    program = iter([function["div"], 0, function["add"], function["exp"], 1, 2.5])
    assert load_benchmark("suites.engines").from_prefix(program, [a, b]) == a / (sympy.exp(b) + sympy.Float(2.5))


def test_what_is_written_down_is_read_back(formulas, tmp_path):
    rows = [
        formulas.Row("I.12.1", "feynman", 0.0, "pellucid", True, "equal", "Nn*mu", 0.0, 0.0, 1.5),
        formulas.Row("I.12.1", "feynman", 0.0, "gplearn", False, "different", "Nn", 0.5, float("inf"), 20.0),
        formulas.Row("test_1", "bonus", 0.0, "pellucid", False, "nothing", "", float("inf"), float("inf"), 60.0),
    ]
    formulas.write(rows, tmp_path / "ai_feynman.toml", "python")
    written = tomllib.loads((tmp_path / "ai_feynman.toml").read_text())
    assert written["paper"]["feynman_of_100"] == 100
    assert written["srbench"]["physo_percent_at_noise_0_01"] == 58
    assert written["ours"]["noise 0"]["feynman_exact"] == 1
    assert written["ours"]["noise 0"]["bonus_exact"] == 0
    assert written["gplearn"]["noise 0"]["cpu_seconds_max"] == 20.0
    assert len(written["row"]) == 3


def test_a_level_of_noise_joins_the_rows_that_the_file_has(formulas, tmp_path):
    path = tmp_path / "ai_feynman.toml"
    path.write_text(
        'command = "python old"\n[[row]]\nequation = "I.12.1"\ngroup = "feynman"\nnoise = 0.0\nengine = "pellucid"\n'
        'exact = true\nverdict = "equal"\nexpression = "Nn*mu"\nerror = 0.0\nerror_outside = "infinite"\n'
        "seconds = 1.5\n"
    )
    row = formulas.Row(
        "I.12.1", "feynman", 0.1, "pellucid", False, "different", "Nn", 0.5, 0.5, 8.0, 0, 10.0, "abc", "d"
    )
    formulas.write([row], path, "python new")
    formulas.write([replace(row, exact=True)], path, "python new")
    written = tomllib.loads(path.read_text())
    assert [(run["command"], run["commit"]) for run in written["run"]] == [
        ("python old", "not noted"),
        ("python new", "abc"),
    ]
    assert [(row["noise"], row["run"], row["exact"]) for row in written["row"]] == [(0.0, 1, True), (0.1, 2, True)]
    assert written["ours"]["noise 0.1"]["feynman_exact"] == 1


def test_groups_can_be_asked_for_and_the_command_says_what_was_run(formulas):
    given = {"only": ["feynman"], "noise": [0.1], "every": 1, "seed": 0, "budget": 10.0, "seconds": None, "peers": []}
    given = SimpleNamespace(**given, quick=False, peers_only=False, without_units=False)
    cases = formulas.feynman_cases(given, (0.1,))
    assert len(cases) == 100
    assert cases[0]["seconds"] == 10.0
    command = "python benchmarks/formulas.py --only feynman --noise 0.1 --budget 10 --peers"
    assert formulas.feynman_command(given) == command


def test_a_peer_that_fails_loses_only_its_case(formulas, engines, monkeypatch):
    def raises(*_):
        raise KeyError("zoo")

    monkeypatch.setitem(engines.ENGINES, "operon", raises)
    case = {"equation": "I.12.1", "noise": 0.0, "engine": "operon", "seed": 0, "seconds": 1.0}
    assert formulas.solve(case)["verdict"] == "failed"


def test_units_can_be_withheld(formulas, engines, monkeypatch):
    seen = []

    def finds_nothing(samples, seed, seconds):
        seen.append(samples.units)
        return []

    monkeypatch.setitem(engines.ENGINES, "pellucid", finds_nothing)
    case = {"equation": "I.12.1", "noise": 0.0, "engine": "pellucid", "seed": 0, "seconds": 0.0}
    assert formulas.solve(case)["verdict"] == "nothing"
    formulas.solve(case | {"without_units": True})
    assert [units is None for units in seen] == [False, True]


def test_peers_get_handy_units_and_their_formulas_are_written_back(engines):
    x, y = sympy.symbols("x y", real=True)
    seen = []

    def engine(samples, *_):
        seen.append(samples)
        return [sympy.Float(1.5) * x * y, x * y]

    X = np.array([[2e-20, 5.0], [3e-20, 7.0]])
    found = engines.in_handy_units(engine)(Samples(X, 4e-20 * X[:, 0], ("x", "y"), "z"), 0, 1.0)
    assert 0.3 < np.abs(seen[0].X[:, 0]).max() < 4
    assert np.array_equal(seen[0].X[:, 1], X[:, 1])
    assert 0.3 < np.abs(seen[0].y).max() < 4
    assert found[1] == sympy.Integer(10) ** -19 * x * y
    handy = [float((sympy.Float(1.5) * x * y).subs({x: row[0], y: row[1]})) for row in seen[0].X]
    ours = [float(found[0].subs({x: row[0], y: row[1]})) for row in X]
    assert np.allclose(np.array(ours) / handy, 1e-39, rtol=1e-9, atol=0)


def test_a_peer_that_does_not_keep_its_time_is_ended(engines, load_benchmark):
    def forever(*_):
        while True:
            pass

    def fails(*_):
        raise KeyError("zoo")

    samples = feynman_equation("I.12.1").sample(20)
    cpu_seconds = load_benchmark("suites.solve")._cpu_seconds
    began = cpu_seconds()
    with pytest.raises(ValueError, match="1 CPU seconds"):
        engines.that_ends(forever, most=1.0)(samples, 0, 1.0)
    assert 0.9 < cpu_seconds() - began < 3
    assert engines.that_ends(lambda *_: [sympy.Symbol("Nn")])(samples, 0, 1.0) == [sympy.Symbol("Nn")]
    with pytest.raises(RuntimeError, match="KeyError: 'zoo'"):
        engines.that_ends(fails)(samples, 0, 1.0)


@pytest.mark.slow
def test_peers_are_judged_with_our_snapping(formulas):
    pytest.importorskip("pyoperon")
    row = formulas.solve({"equation": "I.12.1", "noise": 0.0, "engine": "operon", "seed": 0, "seconds": 0.0})
    assert row["exact"]
    assert row["verdict"] == "equal"


def test_what_ctrl_c_cut_short_is_no_answer(engines, monkeypatch):
    cut = SimpleNamespace(claims=[SimpleNamespace(key="interrupted")], artifact=None)
    monkeypatch.setattr(engines, "open_formula", lambda *_, **__: cut)
    with pytest.raises(KeyboardInterrupt):
        engines.by_pellucid(feynman_equation("I.12.1").sample(20), 0, 0.0)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--suite", "classics", "--peers-only"], "--peers-only needs --seconds"),
        (["--suite", "laws", "--only", "hubbel"], "'hubbel' is no problem"),
        (["--quick", "--record"], "--record with --quick"),
    ],
)
def test_options_that_contradict_each_other_are_told_in_one_line(formulas, monkeypatch, capsys, words, told):
    monkeypatch.setattr("sys.argv", ["formulas.py", *words, "--peers"])
    with pytest.raises(SystemExit):
        formulas.main()
    assert told in capsys.readouterr().err.splitlines()[-1]


def test_an_interrupted_run_says_how_to_go_on(formulas, monkeypatch, tmp_path):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(formulas.runner, "run", interrupted)
    monkeypatch.setattr("sys.argv", ["formulas.py", "--suite", "classics", "--peers", "--store", str(tmp_path)])
    with pytest.raises(SystemExit, match="the same command goes on"):
        formulas.main()


def test_every_figure_that_is_written_down_can_be_counted_again(formulas):
    written = tomllib.loads(formulas.PAPER.read_text())
    for noise in {row["noise"] for row in written["row"]}:
        for engine in {row["engine"] for row in written["row"] if row["noise"] == noise}:
            own = [row for row in written["row"] if (row["noise"], row["engine"]) == (noise, engine)]
            figures = written["ours" if engine == "pellucid" else engine][f"noise {noise:g}"]
            for group in ("feynman", "bonus"):
                of_group = [row for row in own if row["group"] == group]
                assert figures[f"{group}_exact"] == sum(row["exact"] for row in of_group)
                assert figures[group] == len(of_group)
            assert figures["cpu_seconds_max"] == pytest.approx(max(row["seconds"] for row in own), abs=0.11)
