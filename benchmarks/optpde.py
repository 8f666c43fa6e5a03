"""OptPDE (arXiv 2405.04484): families of equations with many conserved densities, by gradient and exactly.

    python benchmarks/optpde.py                  the paper's library and the fifth order, a few minutes of CPU
    python benchmarks/optpde.py --quick          few starts, equations of two terms, half a minute; writes nothing
    python benchmarks/optpde.py --only NAME      one of LIBRARIES, such as "third order, quartic"
    python benchmarks/optpde.py --checkpoint F   keeps in the folder F what is done, and goes on from there

papers/optpde.toml keeps the libraries that were not run.

The paper's library (all 33 monomials of degree <= 3 in u, u_x, u_xx, u_xxx but u_x), and a fifth-order one with the
hierarchies of KdV, Sawada-Kotera and Kaup-Kupershmidt in it. Every family is certified: its densities by identities,
their number by a rank, and both certificates are checked again.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pellucid.artifacts.laws.integrable_families import IntegrableFamilies, IntegrableFamily
from pellucid.core import Finding, Proved
from pellucid.discover.integrable.known_families import KNOWN
from pellucid.discover.integrable.opt_pde import OptPDE
from pellucid.prove.laws.divergence import check_densities, prove_densities
from pellucid.run import ProgressBars
from pellucid.run.cached import cached
from pellucid.subjects.equations.pde_family import PdeFamily

PAPER = Path(__file__).parent.parent / "papers" / "optpde.toml"
FIFTH = "u_5x, u*u_xxx, u_x*u_xx, u**2*u_x"
CUBES = "u_x**3, u_x**2*u_xxx, u_x*u_xxx**2, u_xxx**3"
CUBE = "OptPDE's cube"


@dataclass(frozen=True)
class Library:
    """Monomials, how they are searched, and what that leaves out, in words."""

    family: PdeFamily
    method: OptPDE

    @property
    def scope(self) -> str:
        """What the list is complete for, and what not."""
        method = self.method
        return (
            f"of {len(self.family.monomials)} monomials: all equations of at most {method.terms} terms (whatever their "
            "coefficients where scalings leave at most one ratio free; of two free ratios the first is p/q, "
            "|p| <= 10, q <= 4; of more, random coefficients alone), and all that conserve a density of one term, or "
            f"the sum of two; with at least {method.minimum} densities, which are polynomials of degree <= "
            f"{method.degree} in derivatives up to order {method.order}, without explicit x and t"
        )


LIBRARIES = {
    "third order, cubic": Library(PdeFamily.all(3, 3), OptPDE(starts=96)),
    "fifth order": Library(PdeFamily.parse(FIFTH), OptPDE(order=2, degree=5, starts=96, terms=4, share=1.0, minimum=3)),
    "cubes of first and third derivatives": Library(PdeFamily.parse(CUBES), OptPDE(starts=0, terms=4)),
    "third order, quadratic": Library(PdeFamily.all(2, 3), OptPDE(starts=0, terms=5, most=200)),
    "third order, quadratic, densities of degree 6": Library(
        PdeFamily.all(2, 3), OptPDE(order=2, degree=6, starts=0, terms=5, most=200)
    ),
    "third order, cubic, four terms": Library(PdeFamily.all(3, 3), OptPDE(starts=0, terms=4, most=1000)),
    "third order, quartic": Library(PdeFamily.all(4, 3), OptPDE(starts=0, terms=2, most=500)),
    "third order, quartic, three terms": Library(PdeFamily.all(4, 3), OptPDE(starts=0, terms=3, most=1000)),
}
PAPERS = ("third order, cubic", "fifth order")
"""What is run by default."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few starts, equations of two terms")
    parser.add_argument("--only", choices=list(LIBRARIES), help="one library")
    parser.add_argument("--checkpoint", type=Path, help="a folder for what is done")
    given = parser.parse_args()
    known = tomllib.loads(PAPER.read_text())
    for name in [given.only] if given.only else PAPERS:
        library = LIBRARIES[name]
        if given.quick:
            quicker = replace(library.method, starts=16, terms=2)
            library = replace(library, method=quicker)
        folder = None if given.checkpoint is None else given.checkpoint / name.replace(" ", "_").replace(",", "")
        with ProgressBars() as bars:
            finding = cached(library.method, library.family, 0, folder=folder, reporter=bars)
        print(f"{name}: {finding.artifact.describe()}; {finding.provenance.seconds['total']:.1f} s of CPU", flush=True)
        put(known, name, library, finding)
    if not given.quick:
        PAPER.write_text(toml_of(known))
        print(f"written: {PAPER}")


def put(known: dict[str, Any], name: str, library: Library, finding: Finding[IntegrableFamilies]) -> None:
    """What was found over a library takes the place of what `known` says of it."""
    rows = [_row(name, found) for found in finding.artifact.families]
    for row in rows:
        print(f"{row['densities']}  {row['proved']:8}  {row['equation']}  {row['name']}", flush=True)
    ways, seconds = [row["found_by"] for row in rows], finding.provenance.seconds
    summary = {
        "name": name,
        "scope": library.scope,
        "starts": library.method.starts,
        "families": len(rows),
        "families_found_by_gradient": sum("gradient" in way for way in ways),
        "families_found_exactly": sum("exact" in way for way in ways),
        "families_left_uncertified": int(finding.claims[-1].value),  # type: ignore[attr-defined]
        "families_all_proved": all(row["proved"] == "Proved" for row in rows),
        "families_in_or_around_the_literature_list": sum(bool(row["name"]) for row in rows),
        "cpu_seconds": round(seconds["total"], 1),
    }
    for key, entries, field in (("library", [summary], "name"), ("family", rows, "library")):
        others = [entry for entry in known.get(key, []) if entry[field] != name]
        order = list(LIBRARIES)
        known[key] = sorted([*others, *entries], key=lambda entry: order.index(entry[field]))


def _row(library: str, found: IntegrableFamily) -> dict[str, Any]:
    proofs = prove_densities(found.law)
    good = all(isinstance(proof.claim, Proved) for proof in proofs)
    again = good and all(check_densities(text, found.law).holds for proof in proofs for text in proof.files.values())
    return {
        "library": library,
        "equation": found.equation,
        "name": found.name,
        "found_by": found.found_by,
        "densities": found.law.dimension,
        "density": list(found.law.densities),
        "proved": "Proved" if again else "not proved",
    }


def toml_of(known: dict[str, Any]) -> str:
    """papers/optpde.toml with these libraries and families."""
    names = {row["name"] for row in known["family"] if row["library"] == PAPERS[0]}
    of_paper = next(row for row in known["library"] if row["name"] == PAPERS[0])
    of_paper = {**of_paper, "families_all_proved": all(row["proved"] == "Proved" for row in known["family"])}
    lines = [
        "# What the paper claims, our command, and our figures. Written by `python benchmarks/optpde.py`.",
        'title = "OptPDE: Discovering Novel Integrable Systems via AI-Human Collaboration"',
        'arxiv = "2405.04484"',
        'command = "python benchmarks/optpde.py"',
        "",
        "[paper]",
        "# From its abstract and from what was written about it; the table of its four families could not be read.",
        "monomials = 33",
        "starts = 5000",
        "families = 4",
        "families_new = 3",
        'families_that_could_be_read = ["KdV", "u_t = (u_x + a**2*u_xxx)**3"]',
        "",
        "[ours]",
        "# Of the paper's library; of all together, families_all_proved.",
        f"monomials = {len(LIBRARIES[PAPERS[0]].family.monomials)}",
        *(f"{key} = {json.dumps(value)}" for key, value in of_paper.items() if key.startswith(("starts", "families"))),
        f"kdv_found = {json.dumps(any('KdV' in name for name in names))}",
        f"cube_found = {json.dumps(CUBE in names)}",
        "# A family without a name is not in the list below; that does not make it new. Most are Hamiltonian:",
        "# u_t = D dH/du (densities u, u**2, H), u_t = D^-1 dH/du (u_x**2, H), u_t = f(L u) with L odd (two);",
        "# two or three densities are no integrability.",
    ]
    literature = [{key: getattr(entry, key) for key in ("name", "equation", "reference")} for entry in KNOWN]
    for table, rows in (("library", known["library"]), ("family", known["family"]), ("literature", literature)):
        for row in rows:
            lines += ["", f"[[{table}]]", *(f"{key} = {json.dumps(value)}" for key, value in row.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
