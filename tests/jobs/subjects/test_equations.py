"""Names, files and lines stand for equations, and what stands for none is told."""

from __future__ import annotations

import pytest

from pellucid.jobs.subjects.equations import find_system, list_systems
from pellucid.subjects import Dynamics, Evolution


def test_what_a_name_a_file_and_a_line_stand_for(tmp_path):
    assert find_system("lorenz").equations.variables == ("x", "y", "z")
    assert find_system("lotka_volterra").basis[2:] == ("log(x)", "log(y)")
    (tmp_path / "spring.toml").write_text('parameters = "k"\n[equations]\nx = "v"\nv = "-k*x"\n')
    spring = find_system(str(tmp_path / "spring.toml"))
    assert (spring.name, spring.equations) == ("spring", Dynamics(("x", "v"), ("v", "-k*x"), ("k",)))
    (tmp_path / "wave.toml").write_text('title = "Wave"\nparameters = ["c"]\n[equations]\nu_t = "v"\nv_t = "c*u_xx"\n')
    wave = find_system(str(tmp_path / "wave.toml")).equations
    assert wave == Evolution(("u", "v"), ("v", "c*u_xx"), ("c",), "Wave")
    assert find_system("u_t = a*u_x", parameters=["a"]).equations == Evolution(("u",), ("a*u_x",), ("a",))
    circle = find_system("x' = y; y' = -x", constraints=["x**2 + y**2 - 1"]).equations
    assert circle.constraints == ("x**2 + y**2 - 1",)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("kepler", {}, "did you mean kepler_3d, kepler_2d"),
        ("orbits.csv", {"parameters": ["k"]}, "is a table; leave them"),
        ("missing.toml", {}, "is no file"),
        ("x' = k*x", {}, "declare constants as parameters"),
        ("x' y", {}, "unknown"),
        ("x = y", {}, "write x' = ..."),
        ("lorenz", {"parameters": ["k"]}, "are for written equations"),
        ("A -> B", {"parameters": ["k"]}, "are for equations, and reactions say their own"),
        ("u_t = u_x", {"constraints": ["u"]}, "equations of motion"),
    ],
)
def test_what_is_no_system_is_told(text, options, message):
    with pytest.raises(ValueError, match=message):
        find_system(text, **options)


def test_there_are_many_systems():
    names = [name for name, _ in list_systems()]
    assert len(set(names)) == len(names) >= 50
    assert all(line for _, line in list_systems())
