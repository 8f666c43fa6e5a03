"""`pellucid formula` with what the user knows: each option from the command line to what is printed and written."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import pellucid
from pellucid.cli import app
from pellucid.jobs.sources import open_again
from pellucid.prove import check_folder


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs the command in an empty folder; gives its exit code, what it printed and what it complained of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)

    def command(*arguments: str) -> tuple[int, str, str]:
        try:
            app(["formula", *arguments])
        except SystemExit as stop:
            return int(stop.code or 0), *capsys.readouterr()
        return 0, *capsys.readouterr()

    return command


def write(name: str, header: str, *columns) -> str:
    rows = [
        ",".join(cell if isinstance(cell, str) else f"{cell:.10g}" for cell in row)
        for row in zip(*columns, strict=True)
    ]
    Path(name).write_text("\n".join([header, *rows]) + "\n")
    return name


def test_a_form_is_fitted(run):
    t = np.linspace(0, 7, 80)
    noise = np.random.default_rng(0).normal(0, 0.01, 80)
    table = write("t.csv", "t,y", t, 1.9 * np.exp(-0.42 * t) * np.cos(6.1 * t + 0.2) + noise)
    code, out, _ = run(table, "--form", "a*exp(-b*t)*cos(c*t + d)", "--output", "found")
    assert code == 0
    assert "constant b of a*exp(-b*t)*cos(c*t + d) in y" in out
    finding = pellucid.load("found")
    b = next(claim for claim in finding.claims if claim.statement.startswith("constant b"))
    assert b.value == pytest.approx(0.42, abs=4 * b.uncertainty)
    assert {"report.html", "formula.py", "formula.tex"} <= {path.name for path in Path("found").iterdir()}


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("a*w", "form 'a*w' holds no column of the table; its columns are t"),
        ("2*t", "holds no constant to be fitted"),
        ("a*log(t - 3)", "the form is not finite on row 1 (t = 0)"),
    ],
)
def test_a_form_that_cannot_be_fitted_is_told_in_one_line(run, form, told):
    table = write("t.csv", "t,y", range(8), [2.0, 1, 3, 2, 4, 5, 4, 6])
    code, _, err = run(table, "--form", form)
    assert code == 2
    assert told in err
    assert err.splitlines()[-1].startswith("pellucid: ")


def constants(folder: str) -> dict[str, float]:
    claims = [claim for claim in pellucid.load(folder).claims if claim.key == "constant"]
    return {claim.statement.split()[1]: claim.value for claim in claims}


def test_rows_with_missing_values_are_refused_or_dropped_and_counted(run):
    table = write("t.csv", "t,y", range(12), [*(2.0 * t + 1 for t in range(10)), "NA", ""])
    code, _, err = run(table, "--form", "a*t + b")
    assert code == 2
    assert "column 'y', lines 12 and 13: 2 values are missing" in err
    code, out, _ = run(table, "--form", "a*t + b", "--missing", "drop", "--output", "found")
    assert code == 0
    assert "dropped 2 of 12 rows, in which a value is missing (lines 12 and 13)" in out
    assert constants("found") == pytest.approx({"a": 2, "b": 1})
    assert run(table, "--missing", "perhaps")[0] == 2


def test_codes_for_missing_values_are_suspected_aloud_and_dropped_by_name(run):
    y = [2.0 * t + 1 for t in range(30)]
    y[3] = y[17] = -999.0
    table = write("t.csv", "t,y", range(30), y)
    _, out, _ = run(table, "--form", "a*t + b", "--output", "found")
    assert "column 'y' holds -999 in 2 rows, far outside all others" in out
    _, out, _ = run(table, "--form", "a*t + b", "--missing=-999", "--output", "found")
    assert "dropped 2 of 30 rows" in out
    assert constants("found") == pytest.approx({"a": 2, "b": 1})


def test_errors_weigh_the_rows(run):
    t = np.arange(1.0, 21.0)
    bad = t > 15
    y = np.where(bad, 5.0, 3.0) * t + 0.01 * np.sin(37 * t)
    table = write("t.csv", "t,s,y", t, np.where(bad, 1000.0, 0.01), y)
    assert run(table, "--form", "a*t", "--error", "s", "--output", "found")[0] == 0
    assert constants("found")["a"] == pytest.approx(3, abs=0.01)
    assert pellucid.load("found").artifact.names == ("t",)
    write("z.csv", "t,s,y", t, np.zeros(20), y)
    code, _, err = run("z.csv", "--form", "a*t", "--error", "s")
    assert code == 2
    assert "0 is no error; give positive numbers" in err


def test_a_category_gives_a_constant_to_each_of_its_words(run):
    draw = np.random.default_rng(0)
    x = draw.uniform(1, 5, 60)
    words = draw.choice(["a", "b"], 60)
    table = write("t.csv", "species,x,y", words.tolist(), x, np.where(words == "a", 4.0, 6.5) * x)
    code, out, _ = run(table, "--form", "k[species]*x", "--output", "found")
    assert code == 0
    assert "species_b is 1 where species is 'b', else 0" in out
    assert constants("found") == pytest.approx({"k": 4, "k_b": 6.5})


@pytest.fixture
def decay(run):
    """A table whose shortest description needs exp: positive, with noise."""
    t = np.linspace(0, 6, 14)
    return write("t.csv", "t,y", t, 1.9 * np.exp(-0.42 * t) + np.random.default_rng(0).normal(0, 0.02, 14))


def test_functions_are_chosen_and_left_out(run, decay):
    assert run(decay, "--functions", "exp", "--output", "with")[0] == 0
    assert "exp" in pellucid.load("with").artifact.expression
    assert run(decay, "--without", "exp,power,tanh", "--output", "less")[0] == 0
    front = pellucid.load("less").parts["front"]
    assert not any(word in each.expression for each in front.formulas for word in ("exp", "tanh"))
    code, _, err = run(decay, "--without", "sinus")
    assert code == 2
    assert "function 'sinus' is unknown; choose among exp, log" in err


def test_only_positive_formulas_compete(run):
    t = np.linspace(0, 6, 14)
    y = np.maximum(1.9 * np.exp(-1.2 * t) + np.random.default_rng(2).normal(0, 0.02, 14), 1e-3)
    table = write("t.csv", "t,y", t, y)
    assert run(table, "--functions", "exp", "--positive", "--output", "found")[0] == 0
    claims = [claim for claim in pellucid.load("found").claims if claim.statement.startswith("y > 0")]
    assert [claim.strength for claim in claims] == ["Proved"]


def test_slopes_signs_and_depth_are_proved_where_they_can_be(run):
    x = np.linspace(0.2, 6, 16)
    table = write("t.csv", "x,y", x, 5 * x / (2 + x) + np.random.default_rng(1).normal(0, 0.02, 16))
    asked = ["--without", "sin,exp,tanh", "--monotone", "x:increasing", "--positive", "--depth", "4"]
    code, out, _ = run(table, *asked, "--output", "found")
    assert code == 0
    assert re.search(r"^Proved +y never falls as x grows", out, re.MULTILINE)
    finding = pellucid.load("found")
    assert [
        claim.strength for claim in finding.claims if claim.key in ("monotone", "positive")
    ] == []  # not just tested
    assert {claim.statement for claim in finding.claims if claim.strength == "Proved"} == {
        "y > 0",
        "y never falls as x grows",
    }
    assert finding.measured("depth") <= 4
    assert {entry.status for entry in check_folder("found")} == {"holds"}
    for monotone, told in (
        ("x", "names no direction for 'x'; write x:increasing"),
        ("w:increasing", "monotone names 'w', which is no column; choose among x"),
        ("x:up", "monotone=x:up is unknown"),
    ):
        code, _, err = run(table, "--monotone", monotone)
        assert code == 2
        assert told in err


def test_another_formula_of_the_front_is_chosen(run, decay):
    code, out, _ = run(decay, "--functions", "exp", "--choose", "1", "--output", "found")  # the mean is never the best
    assert code == 0
    chosen = pellucid.load("found")
    assert chosen.artifact.expression == chosen.parts["front"].formulas[0].expression
    assert "chosen by hand" in out


@pytest.mark.slow
def test_a_formula_that_is_not_on_the_front_is_refused(run, decay):
    code, _, err = run(decay, "--functions", "exp", "--choose", "99", "--output", "found")
    assert code == 2
    assert "choose=99 is not on the front; give a number from 1 to" in err


def test_a_form_leaves_nothing_to_search(run, decay):
    code, _, err = run(decay, "--form", "a*t", "--choose", "2")
    assert code == 2
    assert "nothing is searched" in err


def test_each_of_several_targets_is_explained_whatever_becomes_of_the_others(run):
    draw = np.random.default_rng(0)
    x = draw.uniform(0.5, 6, 24)
    u, v = 3 * x + draw.normal(0, 0.02, 24), 5 - x + draw.normal(0, 0.02, 24)
    table = write("t.csv", "x,u,v,w", x, u, v, [""] * 2 + list(range(22)))
    code, out, err = run(table, "--target", "u,v,w", "--form", "a*x + b", "--output", "found")
    assert code == 1  # w could not be explained
    assert re.search(r"^w +t.csv: column 'w', lines 2 and 3: 2 values are missing", out, re.MULTILINE)
    assert "pellucid: t.csv: column 'w'" in err
    assert "measure next at x = " in out
    for target, slope in (("u", 3), ("v", -1)):
        assert pellucid.load(f"found/target_{target}").artifact.names == ("x",)  # no target explains another
        assert constants(f"found/target_{target}")["a"] == pytest.approx(slope, abs=0.05)
    page = Path("found/index.html").read_text()
    assert '<a href="target_u/report.html">u</a>' in page
    assert "Measure next at x = " in page
    code, _, _ = run(
        table, "--target", "u,v", "--form", "u = a*x + b; v = c - d*x", "--features", "x", "--output", "found"
    )
    assert code == 0
    assert constants("found/target_v") == pytest.approx({"c": 5, "d": 1}, abs=0.05)


def test_each_of_several_targets_is_opened_again_with_its_own_errors(run):
    x = np.arange(1.0, 13)
    s, t = np.where(x > 6, 0.5, 0.02), np.where(x > 6, 0.02, 0.5)
    noise = np.random.default_rng(0).normal(size=(2, 12))
    table = write("t.csv", "x,u,v,s,t", x, 3 * x + s * noise[0], 5 - x + t * noise[1], s, t)
    asked = ["--target", "u,v", "--error", "s,t", "--form", "a*x + b"]
    assert run(table, *asked, "--output", "found")[0] == 0
    for target, errors in (("u", s), ("v", t)):
        again = open_again(pellucid.load(f"found/target_{target}"), table)
        assert again.target == target
        assert again.weights == pytest.approx((np.median(errors) / errors) ** 2)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["--target", "u,z"], "target 'z' is no column; choose among x, u, v"),
        (["--target", "u,u"], "target names 'u' twice"),
        (["--target", "u,v", "--choose", "1"], "choose is for one target"),
        (["--target", "u,v", "--error", "x"], "error names 1 columns for 2 targets"),
        (["--target", "u,v", "--form", "u = a*x"], "form 'u = a*x' holds none for 'v'"),
    ],
)
def test_what_cannot_be_asked_of_several_targets_is_told_before_the_work(run, asked, told):
    table = write("t.csv", "x,u,v", range(8), range(1, 9), [2.0, 1, 3, 2, 4, 5, 4, 6])
    code, _, err = run(table, *asked)
    assert code == 2
    assert told in err
    assert not Path("t").exists()


def test_a_built_in_table_has_one_target(run):
    code, _, err = run("I.12.2", "--target", "a,b")
    assert code == 2
    assert "a built-in table has one target" in err
