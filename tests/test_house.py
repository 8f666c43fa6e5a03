"""The house itself: no circle of files, whichever way an import is written, and no file that nothing leads to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent / "src"


def test_no_circle_of_files():
    """A CycleError names files that import each other, also within functions: move what they share to a third file."""
    imported = {name: _imported(name, path) - {name} for name, path in _modules().items()}
    order = list(TopologicalSorter(imported).static_order())
    assert order.index("pellucid.core.claim") < order.index("pellucid.distill.programs.mips")


def test_circles_would_be_seen():
    """Names are followed through doors, modules and relative dots, imports for type checkers alone are not."""
    source = (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from ..plot import draw\n"
        "def f():\n    from ..datasets import mips_task\n    from . import claim\n    from .finding import Finding\n"
    )
    found = set(_targets(ast.parse(source), "pellucid.core.method", is_package=False))
    assert found == {"pellucid.datasets.mips", "pellucid.core.claim", "pellucid.core.finding"}


def test_no_file_is_forgotten():
    """Each is imported by another, listed at a door, or holds what is found without being named.

    That is: a method, an artifact, a case of a function by type, an entry of a registry, a command.
    """
    imported = set().union(*(_imported(name, path) - {name} for name, path in _modules().items()))
    listed = {module for package in _modules() if _is_package(package) for module in _doors(package).values()}
    scripts = ("__init__.py", "__main__.py", "sklearn.py", "child_served.py")  # the last is run as a file of its own
    alone = {name for name, path in _modules().items() if path.name not in scripts}
    assert [name for name in sorted(alone - imported - listed) if not _registers(_modules()[name])] == []


def _is_package(name: str) -> bool:
    return _modules()[name].name == "__init__.py"


def _registers(path: Path) -> bool:
    """Whether a file says `register`, `@draws`, `shows`, `@family`, `@app.command`, or its class registers itself."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    said = {ast.unparse(node.func).rpartition(".")[2] for node in nodes if isinstance(node, ast.Call)}
    bases = {ast.unparse(b).partition("[")[0] for node in nodes if isinstance(node, ast.ClassDef) for b in node.bases}
    by_itself = {"Method", "DictionaryMethod", "Function", "ExactCertificate"}
    return bool(said & {"register", "draws", "shows", "command", "family"} or bases & by_itself)


@cache
def _modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    paths = {path: path.relative_to(ROOT).with_suffix("").parts for path in ROOT.rglob("*.py")}
    return {".".join(parts[:-1] if parts[-1] == "__init__" else parts): path for path, parts in paths.items()}


def _imported(name: str, path: Path) -> set[str]:
    return set(_targets(ast.parse(path.read_text()), name, path.name == "__init__.py"))


def _targets(tree: ast.AST, name: str, is_package: bool) -> Iterator[str]:
    """The modules of the house that the code imports, at its head or inside a function."""
    for node in _executed(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in _modules())
        elif isinstance(node, ast.ImportFrom):
            parent = name.split(".")[: len(name.split(".")) - node.level + is_package] if node.level else []
            package = ".".join([*parent, *([node.module] if node.module else [])])
            yield from (_home(package, alias.name) for alias in node.names if package in _modules())


def _executed(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those of `if TYPE_CHECKING:`, which no interpreter ever runs."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _executed(child)


def _home(package: str, name: str) -> str:
    """The module that `from package import name` takes the name from: a module, or what the package's door opens."""
    if f"{package}.{name}" in _modules():
        return f"{package}.{name}"
    return _doors(package).get(name, package)


@cache
def _doors(package: str) -> dict[str, str]:
    """The public names of a package, and the modules that its stub says they come from."""
    stub = _modules()[package].with_suffix(".pyi")
    if not stub.exists():
        return {}
    imports = [node for node in ast.parse(stub.read_text()).body if isinstance(node, ast.ImportFrom)]
    return {alias.name: f"{package}.{node.module}" for node in imports for alias in node.names}
