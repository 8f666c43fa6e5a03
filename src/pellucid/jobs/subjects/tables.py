"""What a person's word for a table stands for: a file of numbers, or a built-in table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...artifacts.formulas.formula import Formula
from ...datasets.equations import built_in_equation, built_in_equations
from ...datasets.planets import planet_orbits
from ...subjects.tables.sample_files import SUFFIXES, read_samples, read_targets
from ...subjects.tables.samples import Samples


def list_tables() -> list[tuple[str, str]]:
    """Every built-in table with its one line."""
    kepler = ("kepler", "the planets' periods by their distances, measured from an ephemeris")
    equations = built_in_equations().values()
    return [kepler, *((e.name, f"{e.target} = {e.expression}") for e in equations)]


def find_samples(
    text: str,
    *,
    target: str | None = None,
    features: Sequence[str] = (),
    units: Path | None = None,
    rows: int | None = None,
    noise: float | None = None,
    missing: str | None = None,
    error: str | None = None,
    seed: int = 0,
) -> tuple[Samples, str, Formula | None]:
    """What `text` names: a file of numbers, or a built-in table; and a name for the results.

    Third comes the equation that the numbers were drawn from, where there is one. Raises ValueError.
    """
    path = Path(text)
    if path.suffix.lower() in SUFFIXES or path.is_file():
        _refuse_options("built-in equations", text, rows=rows, noise=noise)
        known = {"missing": missing or "refuse", "error": error or ""}
        return read_samples(path, target=target or "", features=features, units=units, **known), path.stem, None
    for_files = {"target": target, "features": features or None, "units": units, "missing": missing, "error": error}
    _refuse_options("files", text, **for_files)
    return _built_in(text, rows, noise, seed)


def _built_in(text: str, rows: int | None, noise: float | None, seed: int) -> tuple[Samples, str, Formula | None]:
    """The built-in table of that name, its name, and the equation it was drawn from. Raises ValueError."""
    if text.lower() == "kepler":
        _refuse_options("built-in equations", text, rows=rows, noise=noise)
        return planet_orbits(), "kepler", None
    if text not in built_in_equations() and Path(text).suffix.lstrip(".").isalpha():
        raise ValueError(f"{text} has an unknown ending; give {', '.join(SUFFIXES)}, or a built-in table (see --list)")
    equation = built_in_equation(text)
    return equation.sample(rows or 1000, seed, noise or 0.0), equation.name, equation.formula


def find_targets(
    text: str,
    targets: Sequence[str],
    *,
    features: Sequence[str] = (),
    units: Path | None = None,
    missing: str | None = None,
    error: Sequence[str] = (),
    **options: object,
) -> tuple[dict[str, Samples | ValueError], str]:
    """The table in the file `text` once for each target (`read_targets`), and a name for the results.

    Raises ValueError for a built-in table, which has one target, and for `options` that are for those.
    """
    path = Path(text)
    if not (path.suffix.lower() in SUFFIXES or path.is_file()):
        raise ValueError(f"{text!r} is no file of numbers, and a built-in table has one target; leave target out")
    _refuse_options("built-in equations", text, **options)
    known = {"missing": missing or "refuse", "errors": error}
    return read_targets(path, targets, features=features, units=units, **known), path.stem


def form_of(form: str, target: str) -> str:
    """Of forms separated by semicolons, the one for a target: "target = ...", or the only one. Raises ValueError.

    >>> form_of("u = a*x; v = b*exp(c*x)", "v"), form_of("a*x", "v")
    ('v = b*exp(c*x)', 'a*x')
    """
    forms = [each.strip() for each in form.split(";")]
    own = [each for each in forms if each.partition("=")[0].strip() == target]
    if own or (len(forms) == 1 and "=" not in form):
        return own[0] if own else form
    raise ValueError(f"form {form!r} holds none for {target!r}; write '{target} = ...', separated by semicolons")


def _refuse_options(what: str, text: str, **options: object) -> None:
    for option, value in options.items():
        if value is not None:
            raise ValueError(f"{option} is for {what}, and {text!r} is none of them; leave it out")
