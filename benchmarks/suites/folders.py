"""Thirty law folders that are honest, or tampered with, and what `check` has to say of each.

Written down before any was run, as (name, folder, edits, digests written anew, check, check --measure). A folder is
one of `FOLDERS`: a command with its equations. An edit is (file, path of keys, new value); in files that are
no JSON, the path is a text that the value replaces. Where digests
are written anew, the tamperer knows the format, and has replaced every digest in finding.json and the manifest.
`check` is whether the folder passes, and `measured` whether it does with --measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FOLDERS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "pendulum": ("laws", "x' = v; v' = -sin(x)", "", {"degree": 2}),
    "springs": ("laws", "x' = p; y' = q; p' = -a*x; q' = -b*y", "a, b", {"degree": 2}),
    "rigid": ("laws", "p' = q*r; q' = -2*p*r; r' = p*q", "", {"degree": 2}),
    "waves": ("laws", "u_t = u_xxx + u*u_x", "", {"order": 1, "degree": 3}),
    "regularised": ("laws", "u_t + u_x + u u_x = u_xxt", "", {}),
    "lyness": ("laws", "x_{n+1} = y; y_{n+1} = (3 + y)/x", "", {}),
    "binding": ("laws", "A + B <-> C", "", {}),
    "heat": ("symmetries", "u_t = k*u_xx", "k", {"degree": 1}),
    "diffusion": ("symmetries", "u_t = (u^n u_x)_x", "n", {}),
}
"""The command, equations, parameters and options."""


@dataclass(frozen=True)
class Folder:
    """One of `TAMPERED`."""

    name: str
    folder: str
    edits: tuple[tuple[str, tuple[Any, ...], Any], ...]
    anew: bool
    check: bool
    measured: bool


F = "finding.json"
_ROWS: tuple[tuple[str, str, tuple[tuple[str, tuple[Any, ...], Any], ...], bool, bool, bool], ...] = (
    *((f"honest_{name}", name, (), False, True, True) for name in FOLDERS),
    (
        "energy_renamed",
        "pendulum",
        ((F, ("artifact", "data", "expressions", 0), "v**2 + 2*cos(x)"),),
        False,
        False,
        False,
    ),
    (
        "energy_renamed_anew",
        "pendulum",
        ((F, ("artifact", "data", "expressions", 0), "v**2 + 2*cos(x)"),),
        True,
        False,
        False,
    ),
    ("motion_exchanged_anew", "pendulum", ((F, ("artifact", "data", "rhs", 1), "-x"),), True, False, False),
    ("higher_degree_anew", "rigid", ((F, ("artifact", "data", "degree"), 4),), True, False, False),
    ("fewer_counted_anew", "rigid", ((F, ("artifact", "data", "vectors"), 1),), True, False, False),
    (
        "statement_stronger",
        "rigid",
        ((F, ("claims", 0, "statement"), "every solution is periodic"),),
        False,
        False,
        False,
    ),
    (
        "statement_stronger_anew",
        "rigid",
        ((F, ("claims", 0, "statement"), "every solution is periodic"),),
        True,
        False,
        False,
    ),
    ("figure_smaller", "pendulum", ((F, ("claims", -1, "value"), 1e-30),), False, False, False),
    ("figure_smaller_anew", "pendulum", ((F, ("claims", -1, "value"), 1e-30),), True, True, False),
    ("wave_figure_anew", "waves", ((F, ("claims", -1, "value"), 1e-30),), True, True, False),
    ("density_exchanged_anew", "waves", ((F, ("artifact", "data", "densities", 1), "u**2 + u_x"),), True, False, False),
    ("false_density_anew", "waves", ((F, ("artifact", "data", "densities", 1), "u**3"),), True, False, False),
    ("flux_exchanged_anew", "waves", ((F, ("artifact", "data", "fluxes", 0), "u**2"),), True, False, False),
    ("order_raised_anew", "waves", ((F, ("artifact", "data", "order"), 3),), True, False, False),
    ("law_lost_anew", "regularised", ((F, ("artifact", "data", "dimension"), 2),), True, False, False),
    ("map_exchanged_anew", "lyness", ((F, ("artifact", "data", "rhs", 1), "(4 + y)/x"),), True, False, False),
    ("certificate_edited", "springs", (("proofs/identity.json", ("seed",), 7),), False, False, False),
    (
        "certificate_says_more",
        "springs",
        (("proofs/completeness.json", ("statement",), "there are no others at all"),),
        True,
        False,
        False,
    ),
    ("script_edited", "pendulum", (("invariants.py", ("def H1",), "def H2"),), False, False, False),
    ("dimension_lowered_anew", "heat", ((F, ("artifact", "data", "dimension"), 1),), True, False, False),
    (
        "generator_exchanged_anew",
        "heat",
        ((F, ("artifact", "data", "generators", 0), ["x", "0", "0"]),),
        True,
        False,
        False,
    ),
    (
        "exponent_moved_anew",
        "diffusion",
        ((F, ("parts", "special_cases", "data", "cases", 0, "values", 0, 1), "-3/2"),),
        True,
        False,
        False,
    ),
    ("exponent_hidden_anew", "diffusion", ((F, ("parts", "special_cases", "data", "cases"), []),), True, False, False),
    ("page_edited", "binding", (("report.html", ("</title>",), "!</title>"),), False, True, True),
)

TAMPERED = tuple(Folder(*row) for row in _ROWS)
