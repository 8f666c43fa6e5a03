"""What a program should do, as a file that a user wrote.

A file that holds a fold and nothing that could change its meaning (see `artifacts.programs.fold_reader`) is read, never
executed, and can be proved against for all lengths. Any other file is executed, in a process of its own with limits
(`run.child_function`), and its function is compared with the program by running both: `reference(inputs)` gives the
outputs of a whole sequence; `holds(inputs, outputs)` says whether outputs are right.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...artifacts.programs.expression_reader import NotAFold
from ...artifacts.programs.fold import Input
from ...artifacts.programs.program import Program, read_program
from ...core.claim import Claim, Exhausted, Refuted, Tested
from ...run.child_function import ChildError, ChildFunction
from ...subjects.sequences.alphabet import Alphabet
from .exhaust import choose_length

Run = Callable[[NDArray[np.int64]], NDArray[Any]]


@dataclass(frozen=True)
class Specification:
    """A user's Python function: the outputs of a sequence, or (`is_predicate`) whether outputs are right."""

    function: Callable[..., Any]
    is_predicate: bool
    source: str
    not_a_fold: str = ""
    """Why the file could not be read as a fold, and so not be proved against."""


def load_specification(path: Path | str, inputs: Sequence[Input]) -> Program | Specification:
    """The fold in the file at `path` as a program; else its function, for which the file is executed.

    Raises ValueError where the file is missing, is not Python, fails when executed, or holds no function.
    """
    path = Path(path)
    source, functions = _functions(path)
    name = _chosen(path, functions)
    reason = "it is a predicate"
    if name != "holds":
        try:
            return read_program(source, inputs, function=name)
        except NotAFold as error:
            reason = str(error)
    return Specification(_execute(source, path, name), name == "holds", source, reason)


def _functions(path: Path) -> tuple[str, list[str]]:
    """The file's text, and the names of the functions that it defines. Raises ValueError."""
    try:
        source = path.read_text()
        module = ast.parse(source, filename=str(path))
    except OSError as error:
        raise ValueError(f"specification {str(path)!r} cannot be read ({error.strerror}); name a Python file") from None
    except (SyntaxError, UnicodeDecodeError) as error:
        raise ValueError(f"specification {str(path)!r} is not Python ({error}); correct the file") from None
    return source, [node.name for node in module.body if isinstance(node, ast.FunctionDef)]


def _chosen(path: Path, functions: Sequence[str]) -> str:
    """The function that specifies: `holds`, `reference`, or the only public one. Raises ValueError."""
    if not functions:
        raise ValueError(
            f"specification {str(path)!r} holds no function; define reference(inputs) or holds(inputs, outputs)"
        )
    public = [f for f in functions if not f.startswith("_")] or functions
    names = [n for n in ("holds", "reference") if n in functions] or (public if len(public) == 1 else [])
    if not names:
        raise ValueError(
            f"specification {str(path)!r} holds {', '.join(functions)}; call one of them reference or holds"
        )
    return names[0]


def _execute(source: str, path: Path, name: str) -> Callable[..., Any]:
    child = ChildFunction(source, name, str(path))
    try:
        child.load()
    except ChildError as error:
        raise ValueError(f"specification {str(path)!r} raised {error} when loaded; correct the file") from None
    return child


def check_specification(
    run: Run,
    specification: Specification,
    alphabet: Alphabet,
    *,
    statement: str = "the program meets its specification",
    cases_limit: int = 20_000,
    samples: int = 2_000,
    length: int = 20,
    seed: int = 0,
) -> tuple[Claim, ...]:
    """Compare `run` (sequences, time, inputs) -> outputs with `specification` by running both.

    All sequences of up to the length that `cases_limit` allows: Exhausted. Then random ones of up to `length` steps:
    Tested. The first failure: Refuted. Raises ValueError where the specification itself fails.
    """
    claims: list[Claim] = []
    longest = choose_length(alphabet.size, cases_limit) if alphabet.is_enumerable else 0
    total = 0
    for steps in range(1, longest + 1):
        for batch in _all_sequences(alphabet, steps):
            total += len(batch)
            if failure := _failure(run, specification, batch):
                return (Refuted(statement, failure),)
    if longest:
        told = f"{statement} on all sequences of up to {longest} steps"
        claims.append(Exhausted(told, f"all sequences of up to {longest} steps of {alphabet}", total))
    generator = np.random.default_rng(seed)
    if samples:
        for steps, count in _lengths(samples, longest, length):
            if failure := _failure(run, specification, alphabet.sample(generator, count, steps)):
                return (Refuted(statement, failure),)
        claims.append(Tested(f"{statement} on random sequences of up to {max(longest + 1, length)} steps", samples, 0))
    return tuple(claims)


def try_specification(specification: Specification, inputs: NDArray[np.int64], outputs: NDArray[np.int64]) -> None:
    """Run it once on each sequence, right or wrong: a ValueError for one that fails to run, before any hard work."""
    _failure(lambda _: outputs, specification, inputs)


def _lengths(samples: int, longest: int, length: int) -> list[tuple[int, int]]:
    """How many random sequences of which length: spread over the lengths that were not run completely."""
    lengths = list(range(min(longest + 1, length), length + 1))
    counts = [samples // len(lengths) + (k < samples % len(lengths)) for k in range(len(lengths))]
    return [(steps, count) for steps, count in zip(lengths, counts, strict=True) if count]


def _all_sequences(alphabet: Alphabet, steps: int, rows: int = 4096) -> Any:
    count = alphabet.size**steps
    places = alphabet.size ** np.arange(steps)[::-1]
    for begin in range(0, count, rows):
        numbers = np.arange(begin, min(begin + rows, count))
        yield alphabet.values[numbers[:, None] // places % alphabet.size]


def _failure(run: Run, specification: Specification, batch: NDArray[np.int64]) -> str:
    """The first sequence of `batch` on which the specification is not met, in words; empty if there is none."""
    outputs = np.asarray(run(batch))
    for sequence, given in zip(batch.tolist(), outputs.tolist(), strict=True):
        plain = [tuple(step) if len(step) > 1 else step[0] for step in sequence]
        answer = [tuple(step) if len(step) > 1 else step[0] for step in given]
        if specification.is_predicate:
            verdict = _call(specification, (list(plain), list(answer)), plain)
            if not isinstance(verdict, bool | np.bool_):
                raise ValueError(f"holds gave {verdict!r} on inputs {plain}; give True or False")
            if not verdict:
                return f"inputs {_words(plain)}: outputs {_words(answer)} do not hold"
            continue
        expected = _outputs(_call(specification, (list(plain),), plain), plain, len(given[0]))
        if expected != answer:
            return f"inputs {_words(plain)}: the program gives {_words(answer)}, the specification {_words(expected)}"
    return ""


def _call(specification: Specification, arguments: tuple[Any, ...], plain: list[Any]) -> Any:
    try:
        result = specification.function(*arguments)
        return result if specification.is_predicate else list(result)
    except ChildError as error:
        raise ValueError(
            f"{specification.function.__name__} raised {error} on inputs {plain}; correct the specification"
        ) from None
    except (Exception, SystemExit) as error:
        name = getattr(specification.function, "__name__", "the specification")
        raise ValueError(f"{name} raised {_named(error)} on inputs {plain}; correct the specification") from error


def _outputs(result: list[Any], plain: list[Any], width: int) -> list[Any]:
    """The outputs of the specification as integers or tuples of them; raises ValueError if they are not that."""
    if len(result) != len(plain):
        raise ValueError(
            f"reference gave {len(result)} outputs for {len(plain)} inputs {plain}; give one for each step"
        )
    rows = []
    for step in result:
        values = tuple(step) if isinstance(step, tuple | list | np.ndarray) else (step,)
        if len(values) != width or not all(map(_is_whole, values)):
            raise ValueError(f"reference gave {step!r} on inputs {plain}; give {width} integer(s) for each step")
        rows.append(tuple(int(v) for v in values) if width > 1 else int(values[0]))
    return rows


def _is_whole(value: Any) -> bool:
    """Whether it is an integer, a truth value, or a float that is whole."""
    return isinstance(value, int | np.integer | np.bool_) or (isinstance(value, float) and value.is_integer())


def _words(values: list[Any]) -> str:
    return " ".join(str(v).replace(" ", "") for v in values)


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
