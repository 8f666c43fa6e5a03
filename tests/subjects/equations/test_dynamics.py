import pytest

from pellucid.subjects import Dynamics, read_dynamics


def test_reads_equations():
    spring = Dynamics.parse("x' = v\ndv/dt = -k*x  ", parameters="k, m", title="Spring")
    assert spring.variables == ("x", "v")
    assert spring.parameters == ("k", "m")
    assert spring.describe() == "x' = v; v' = -k*x"
    assert spring.at({"k": 2}).rhs == ("v", "-2*x")
    assert spring.at({"k": "m**2"}).rhs == ("v", "-m**2*x")
    assert spring.fingerprint() != spring.at({"k": 2}).fingerprint()


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("x' = y", {}, "declare constants as parameters"), ("x = y", {}, "write x' ="), ("", {}, "no equation"),
        ("x' = 1; x' = 2", {}, "twice"), ("x' = x", {"parameters": "x"}, "defined twice"),
        ("x' = __import__('os')", {}, "no sign of arithmetic"), ("x' = f(x)", {}, "f is neither"),
        ("x' = x", {"constraints": "1"}, "no variable"),
    ],
)  # fmt: skip
def test_refuses(text, options, message):
    with pytest.raises(ValueError, match=message):
        Dynamics.parse(text, **options)


def test_refuses_unknown_parameters():
    with pytest.raises(ValueError, match="no parameters"):
        Dynamics.parse("x' = x").at({"k": 1})


def test_reads_files(tmp_path):
    path = tmp_path / "system.toml"
    path.write_text("title = 'Spring'\nparameters = ['k']\n[equations]\nx = 'v'\nv = '-k*x'\n")
    assert read_dynamics(path) == Dynamics.parse("x' = v; v' = -k*x", "k", title="Spring")
    path.write_text("title = 'none'")
    with pytest.raises(ValueError, match=r"\[equations\]"):
        read_dynamics(path)
    path.write_text("colour = 1\n[equations]\nx = 'x'\n")
    with pytest.raises(ValueError, match="colour"):
        read_dynamics(path)
    path.write_text("not toml")
    with pytest.raises(ValueError, match="not TOML"):
        read_dynamics(path)
    with pytest.raises(ValueError, match="no file"):
        read_dynamics(tmp_path / "none.toml")
