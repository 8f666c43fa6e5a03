"""Formulas read from spline networks: nine functions from several seeds, pykan on its own first example, and x y.

    python benchmarks/kan_symbols.py            KANFormula; writes [symbolic] of papers/kan.toml, and papers/kan2.toml
    python benchmarks/kan_symbols.py --peers    pykan as well (pip install pykan), 1 to 2 CPU minutes a seed
    python benchmarks/kan_symbols.py --quick    two functions, one seed; nothing is written
    python benchmarks/kan_symbols.py --store F  figures are kept in F, and an interrupted run goes on where it stopped

KANFormula is given 600 rows and names, no shape and no hint. An answer is exact if it is the same function
(`prove.same_formula`), numbers included: 1.0000001 is not 1. Noise is 1 % of the target's standard deviation.
pykan is run as its first tutorial runs it: KAN [2, 5, 1] with grid 3, fit with lamb 0.001, prune, fit, refine to grid
10, fit, auto_symbolic, fit, LBFGS with 50 steps each. Its constants are floats, so its answer counts as right if it is
within 0.1 % of the function (root mean square, on 1,000 new rows).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import sympy
import torch

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts.formulas.formula import Formula, make_formula
from pellucid.distill.formulas.spline.kan_formula import KANFormula
from pellucid.distill.formulas.spline.kanpiler import compile_formula
from pellucid.nets.splines.least_squares import fit_with_extension
from pellucid.prove.formulas.same_formula import same_formula
from pellucid.subjects.tables.samples import Samples

PAPERS = Path(__file__).parent.parent / "papers"
COMMAND = "python benchmarks/kan_symbols.py"
ROWS = 600
FUNCTIONS: dict[str, tuple[str, float, float]] = {
    "exp(sin(pi*x) + y**2)": ("x y", -1, 1),
    "tanh(5*(x**4 + y**4 + z**4 - 1))": ("x y z", -1, 1),
    "(u + v)/(1 + u*v)": ("u v", -0.9, 0.9),
    "x/y": ("x y", 0.3, 2),
    "sqrt(1 + a**2 + b**2)": ("a b", 0.3, 3),
    "1/(1 + a*b)": ("a b", 0.3, 3),
    "x*y": ("x y", -1, 1),
    "x*sin(3*y)": ("x y", -1, 1),
    "sin(3*x) + y**3 + z": ("x y z", -1, 1),
}
"""Names, and the range of each of them."""
SEEDS = {0.0: 5, 0.01: 3}
TUTORIAL = "exp(sin(pi*x) + y**2)"
RIGHT = 1e-3
Row = dict[str, Any]


def target(text: str) -> Formula:
    """The function, over its box."""
    names, low, high = FUNCTIONS[text]
    symbols = tuple(names.split())
    return make_formula(parse(text, symbols), symbols, "f", ((low, high),) * len(symbols))


def table(formula: Formula, rows: int, noise: float, seed: int) -> Samples:
    """Rows drawn evenly from the box, with noise of that share of the standard deviation."""
    generator = np.random.default_rng(seed)
    low, high = np.array(formula.box).T
    X = generator.uniform(low, high, (rows, len(formula.names)))
    y = formula(X)
    return Samples(X, y + noise * np.std(y) * generator.standard_normal(rows), formula.names, formula.target)


def distilled(text: str, noise: float, seed: int) -> Row:
    """KANFormula's answer to one table."""
    formula = target(text)
    samples = table(formula, ROWS, noise, seed)
    start = time.process_time()
    found = KANFormula().explain(samples, seed).artifact
    seconds = time.process_time() - start
    verdict = same_formula(found.sympy(), formula.sympy(), formula.box, formula.names)
    exact = verdict.kind in ("equal", "tested")
    return {"exact": exact, "cpu_seconds": seconds, "test_rmse": rmse(formula, found), "formula": found.expression}


def rmse(formula: Formula, other: Callable[[np.ndarray], np.ndarray]) -> float:
    """The root mean square difference on 1,000 new rows."""
    X = table(formula, 1000, 0.0, 10**6).X
    return float(np.sqrt(np.mean((other(X) - formula(X)) ** 2)))


def pykan(seed: int) -> Row | None:
    """pykan's answer to its own first example, by the steps of its first tutorial; None where it is not installed."""
    try:
        from kan import KAN, create_dataset  # pyright: ignore[reportMissingImports]
    except ImportError:
        print("pykan is not installed (pip install pykan==0.2.8): left out")
        return None
    formula = target(TUTORIAL)
    library = ["x", "x^2", "x^3", "x^4", "exp", "log", "sqrt", "tanh", "sin", "abs"]
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        data = create_dataset(
            lambda x: torch.exp(torch.sin(torch.pi * x[:, [0]]) + x[:, [1]] ** 2), n_var=2, train_num=1000, seed=seed
        )
        model = KAN(width=[2, 5, 1], grid=3, k=3, seed=seed, ckpt_path=folder, auto_save=False)
        model.fit(data, opt="LBFGS", steps=50, lamb=0.001)
        model = model.prune()
        model.fit(data, opt="LBFGS", steps=50)
        model = model.refine(10)
        model.fit(data, opt="LBFGS", steps=50)
        model.auto_symbolic(lib=library)
        model.fit(data, opt="LBFGS", steps=50)
        expression = model.symbolic_formula()[0][0]
    seconds = time.process_time() - start
    names = [str(symbol) for symbol in sorted(expression.free_symbols, key=str)]
    values = sympy.lambdify([sympy.Symbol(name) for name in ("x_1", "x_2")], expression, "numpy")
    with np.errstate(all="ignore"):
        error = rmse(formula, lambda X: np.asarray(values(*X.T), dtype=np.float64))
    size = float(np.sqrt(np.mean(formula(table(formula, 1000, 0.0, 10**6).X) ** 2)))
    short = sympy.sympify(expression).xreplace({n: sympy.Float(n, 4) for n in expression.atoms(sympy.Float)})
    return {
        "right": bool(error < RIGHT * size),
        "cpu_seconds": seconds,
        "test_rmse": error,
        "depends_on": names,
        "formula": str(short)[:300],
    }


def product() -> Row:
    """x y by one multiplication node: fitted on 600 rows, and compiled from the formula."""
    formula = target("x*y")
    samples = table(formula, ROWS, 0.0, 0)
    start = time.process_time()
    fitted = fit_with_extension([2, (0, 1), 1], samples.X, samples.y, grid_sizes=(3,), restarts=4, steps=60)
    seconds = time.process_time() - start
    compiled = compile_formula(formula)
    return {
        "shape": fitted.network.widths,
        "fitted_test_rmse": rmse(formula, lambda X: fitted.network(torch.from_numpy(X)).detach().numpy()[:, 0]),
        "fitted_cpu_seconds": seconds,
        "compiled_test_rmse": rmse(formula, lambda X: compiled.network(torch.from_numpy(X)).detach().numpy()[:, 0]),
        "distilled": distilled("x*y", 0.0, 0)["formula"],
    }


def symbolic(rows: dict[str, Row]) -> str:
    """The [symbolic] section: a line of counts for every function, and the sums."""
    lines = []
    for noise, name in ((0.0, "noise_free"), (0.01, "noise_0.01")):
        exact, seconds, tried = Counter[str](), [], Counter[str]()
        for key, row in rows.items():
            text, level, _ = key.split("; ")
            if float(level) == noise:
                tried[text] += 1
                exact[text] += row["exact"]
                seconds.append(row["cpu_seconds"])
        if not tried:
            continue
        lines += ["", f'[symbolic."{name}"]', f"rows = {ROWS}", f"exact = {exact.total()}", f"runs = {tried.total()}"]
        lines += [f"median_cpu_seconds = {np.median(seconds):.3g}", f"most_cpu_seconds = {max(seconds):.3g}"]
        lines += [f"by_function = {json.dumps([f'{text}: {exact[text]} of {n}' for text, n in tried.items()])}"]
    peers = {key: row for key, row in rows.items() if key.startswith("pykan")}
    for key, row in peers.items():
        lines += ["", f'[symbolic."{key}"]', f"function = {json.dumps(TUTORIAL)}"]
        lines += [f"{name} = {json.dumps(short(value))}" for name, value in row.items()]
    return "\n".join(lines) + "\n"


def short(value: Any) -> Any:
    """Numbers with four digits."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def write_section(path: Path, section: str, text: str) -> None:
    """Put `text` in place of the tables [section...] of a TOML file, and leave every other line as it is."""
    kept, mine = [], False
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.startswith("["):
            mine = line.startswith((f"[{section}]", f"[{section}."))
        if not mine:
            kept.append(line)
    path.write_text("\n".join(kept).rstrip() + "\n" + text)


def write_product(path: Path, row: Row) -> None:
    """papers/kan2.toml: what KAN 2.0 claims of x y, and what was measured."""
    lines = ["# What the paper claims, our command, and our figures. Written by `python benchmarks/kan_symbols.py`."]
    lines += ['title = "KAN 2.0: Kolmogorov-Arnold networks meet science"', 'arxiv = "2408.10205"']
    lines += [f"command = {json.dumps(COMMAND)}", "", "[paper]", "multiplication_xy_rmse = 1.3e-16", "", "[ours]"]
    lines += [f"{name} = {json.dumps(short(value))}" for name, value in row.items()]
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two functions, one seed; nothing is written")
    parser.add_argument("--peers", action="store_true", help="pykan as well")
    parser.add_argument("--peer-seeds", type=int, default=1, help="how many seeds of pykan")
    parser.add_argument("--store", type=Path, help="a file in which figures are kept from run to run")
    options = parser.parse_args()
    store: Path | None = options.store
    rows: dict[str, Row] = json.loads(store.read_text()) if store and store.exists() else {}

    def measured(key: str, run: Callable[[], Row | None]) -> None:
        row = rows.get(key) or run()
        if row is not None:
            rows[key] = row
            print(key, *(f"{name}={short(value)}" for name, value in row.items()), flush=True)
        if store:
            store.write_text(json.dumps(rows, indent=1))

    for noise, seeds in SEEDS.items():
        for seed in range(1 if options.quick else seeds):
            for text in list(FUNCTIONS)[: 2 if options.quick else None]:
                measured(f"{text}; {noise}; {seed}", lambda t=text, n=noise, s=seed: distilled(t, n, s))
    measured("product", product)
    for seed in range(options.peer_seeds if options.peers else 0):
        measured(f"pykan seed {seed}", lambda s=seed: pykan(s))
    if not options.quick:
        others = {key: row for key, row in rows.items() if key != "product"}
        write_section(PAPERS / "kan.toml", "symbolic", symbolic(others))
        write_product(PAPERS / "kan2.toml", rows["product"])


if __name__ == "__main__":
    main()
