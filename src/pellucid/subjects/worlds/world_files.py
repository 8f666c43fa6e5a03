"""The one reader of worlds: .json, and .tra with what PRISM writes beside it."""

from __future__ import annotations

from pathlib import Path

from ...algebra.markov.reading import load_exactly, world_from
from .prism_files import read_prism
from .world_model import WorldModel


def read_world(path: Path | str, *, normalise: bool = False) -> WorldModel:
    """The world in a file. With `normalise`, probabilities of an action that do not add to 1 are divided by their sum.

    Raises ValueError, in one line that names the file and what is wrong; OSError where it cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "coin.json"
    ...     _ = file.write_text('{"start": "a", "transitions": {"a": {"bad": 0.5, "good": 0.5}}}')
    ...     read_world(file).world.states
    ('a', 'bad', 'good')
    """
    path = Path(path)
    readers = {".json": lambda path: load_exactly(path.read_text()), ".tra": read_prism}
    if path.suffix.lower() not in readers:
        raise ValueError(f"{path.name}: suffix {path.suffix!r} is unknown; give .json, or .tra as PRISM exports it")
    try:
        return WorldModel(world_from(readers[path.suffix.lower()](path), normalise), path.stem)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path.name}: {error}") from None
