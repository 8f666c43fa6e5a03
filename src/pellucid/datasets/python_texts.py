"""English text that is on every machine with Python: its language reference and the docstrings of its library.

About two million letters (half a million tokens) of technical prose with code in it: enough to try a dictionary of
features without a network. Read from the files as they are; nothing is imported or run.
"""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import numpy as np

__all__ = ["python_texts"]


def python_texts(characters: int | None = None, seed: int = 0, shortest: int = 200) -> list[str]:
    """Texts of at least `shortest` letters, shuffled by `seed`, until there are `characters` (None: all).

    Raises ValueError where the library's sources are not installed.

    >>> texts = python_texts(2000)
    >>> sum(map(len, texts)) >= 2000
    True
    """
    root = Path(sysconfig.get_paths()["stdlib"])
    left_out = {"site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3", "turtledemo", "__pycache__"}
    files = [path for path in sorted(root.rglob("*.py")) if not left_out & set(path.relative_to(root).parts)]
    order = np.random.default_rng(seed).permutation(len(files))
    reference = root / "pydoc_data" / "topics.py"
    topics = _topics(reference, shortest)
    found: list[str] = []
    total = 0
    for path in (files[i] for i in order if files[i] != reference):
        texts = _docstrings(path, shortest)
        # the reference is as long as all docstrings together: take a topic for every file
        texts += topics[:1]
        topics = topics[1:]
        found += texts
        total += sum(map(len, texts))
        if characters is not None and total >= characters:
            break
    if not found:
        raise ValueError(f"the library's sources are not in {root}; give texts of your own")
    return found


def _docstrings(path: Path, shortest: int) -> list[str]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return []
    texts = [ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, kinds)]
    return [text for text in texts if text and len(text) >= shortest]


def _topics(path: Path, shortest: int) -> list[str]:
    """The language reference, as `help` shows it: the values of one dictionary of texts."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return []
    values = [value for node in ast.walk(tree) if isinstance(node, ast.Dict) for value in node.values]
    texts = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return [text for text in texts if len(text) >= shortest]
