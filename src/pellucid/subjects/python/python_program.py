"""A Python file as a subject: functions that say what they require and ensure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from ...core.subject import Subject
from .module import Function, read_functions
from .translation import text_of


@dataclass(frozen=True)
class PythonProgram(Subject):
    """The text of a Python file whose functions work on integers, truth values and lists of them.

    It is read whole: raises ValueError, with the line and what to write instead, where any of it has no meaning in
    Dafny that is known here. Contracts are comments below `def`: `# requires: n >= 0`, `# ensures: result > n`, where
    `result` is what is returned and `old(a)` a list as it was given; `# invariant:` stands directly below a loop.

    >>> program = PythonProgram("def f(n: int) -> int:\\n  # ensures: result > n\\n  return n + 1")
    >>> [function.name for function in program.functions], "ensures f(n) > n" in program.dafny
    (['f'], True)
    """

    text: str
    name: str = "program"
    made_by: ClassVar[str] = "PythonProgram(text) or read_python(path)"

    def __post_init__(self) -> None:
        _ = self.dafny  # what cannot be translated is refused where it is given

    def fingerprint(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def functions(self) -> list[Function]:
        """Its functions, in order."""
        return read_functions(self.text)

    @cached_property
    def dafny(self) -> str:
        """The same as a Dafny file."""
        return text_of(self.functions)


def read_python(path: Path | str) -> PythonProgram:
    """A Python file. Raises ValueError where it is missing, no text, or holds what is not understood."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror}); give a Python file") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not UTF-8 text; save it as UTF-8") from None
    try:
        return PythonProgram(text, path.stem)
    except RecursionError:
        raise ValueError(f"{path}: nested too deeply; split its expressions") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
