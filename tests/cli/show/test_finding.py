"""What is printed of a finding: by its family, or else what the artifact says of itself."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pellucid.artifacts import Direction, Invariants, LinearReadout, TrainingCurve, read_program
from pellucid.cli.show.finding import blocks_of, files_in_order, first_files, show_finding
from pellucid.cli.terminal import Code, Lines, Pairs
from pellucid.core import Finding, Measured, Provenance


def finding(artifact, *claims, **settings):
    return Finding(artifact, claims, Provenance("Test", settings, 0, ""))


def test_an_artifact_that_registered_nothing_says_what_it_is(capsys, tmp_path):
    curve = TrainingCurve([0], [1.0], [0.5])
    assert list(blocks_of(curve, finding(curve), True)) == [Lines([curve.describe()], "bold green")]
    show_finding(finding(curve, Measured("loss", 1.0, "")), tmp_path)
    assert capsys.readouterr().out == f"{curve.describe()}\n\nMeasured  loss  1\n\n{tmp_path}/\n"


def test_a_program_is_printed_as_source():
    program = read_program("def p(steps):\n  s = 0\n  for x in steps:\n    s = s ^ x\n    yield s", [(0, 1)])
    pairs, code = blocks_of(program, finding(program), True)
    assert pairs == Pairs([])
    assert isinstance(code, Code)
    assert code.source == program.to_python()
    assert first_files(program) == ("program.py",)


def test_a_probe_is_printed_with_what_was_noted_about_its_texts():
    direction = Direction(np.array([1.0, 0.0]), 0.0, "cities", ("false", "true"))
    readout = LinearReadout(np.ones((1, 2)), np.zeros(1), ("latitude",), "places")
    for found in (direction, readout):
        sentence, notes = blocks_of(found, finding(found, notes=["60 texts"]), True)
        assert sentence == Lines([f"{found.describe()}."], "bold green")
        assert list(notes.lines) == ["60 texts"]


def test_laws_are_printed_in_letters_that_any_terminal_has():
    found = Invariants(("x", "v"), ("v", "-x"), (), ("x**2 + v**2",), 2, ("x", "v"), vectors=1)
    lines = [line for block in blocks_of(found, finding(found), True) for line in block.lines]
    assert "H1 = x^2 + v^2" in lines or "H1 = v^2 + x^2" in lines
    assert all(line.isascii() for line in lines)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(["law.py", "report.html", "a.json", "b/c.json", "features.html", "z.tex"])))
def test_every_file_is_named_once_and_the_first_ones_first(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("files")
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    shown = list(files_in_order(folder, ["law.py", "missing.py"]))
    assert sorted(shown) == sorted(names)
    if "law.py" in names:
        assert shown[0] == "law.py"
    pages = [name.endswith(".html") for name in shown if name != "law.py"]
    assert pages == sorted(pages, reverse=True)
