"""An operation: a network on pairs of n symbols, with its scores for each of n answers on every pair there is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from jaxtyping import Float, Int

from ...core.subject import Subject

if TYPE_CHECKING:
    from torch import nn

LARGEST = 512
"""Symbols: the logits of more are over a GiB, and everything about them is n^3."""

FromEmbeddings = Callable[[Float[np.ndarray, "rows 2 width"]], Float[np.ndarray, "rows answers"]]


@dataclass(frozen=True, eq=False)
class Operation(Subject):
    """`logits[a, b, c]` is the network's score of the answer c for the pair (a, b), all (n, n, n) of them.

    Where the network's inside is known: `tables` are the embeddings (n, width) of symbols in the first and in the
    second place, and `from_embeddings` gives the logits (rows, n) for others (rows, 2, width) in their place. `target`
    (n, n) is what the answers should be, where someone says so.

    Raises ValueError for more than 512 symbols, logits that are no cube, NaN (naming the pair), and tables that do not
    fit.

    >>> a, b, c = np.ogrid[:5, :5, :5]
    >>> Operation(np.cos(2 * np.pi * (a + b - c) / 5)).answers[2, 4]
    np.int64(1)
    """

    made_by: ClassVar[str] = "Operation(logits), operation_of(module, size), or read_operation(path) of look"

    logits: Float[np.ndarray, "n n n"]
    tables: tuple[Float[np.ndarray, "n width"], Float[np.ndarray, "n width"]] | None = None
    from_embeddings: FromEmbeddings | None = field(default=None, repr=False)
    target: Int[np.ndarray, "n n"] | None = None
    source: str = ""
    """How it was opened, in words."""
    title: str = ""

    def __post_init__(self) -> None:
        logits = np.asarray(self.logits)
        if logits.ndim != 3 or len(set(logits.shape)) != 1 or len(logits) < 2:
            raise ValueError(f"logits are {logits.shape}; give (n, n, n): a score of each answer for each pair")
        if len(logits) > LARGEST:
            raise ValueError(f"size={len(logits)} is above {LARGEST}: the logits of all pairs would not fit; give less")
        if not np.issubdtype(logits.dtype, np.number) or np.iscomplexobj(logits):
            raise ValueError(f"logits are {logits.dtype}; give real numbers")
        logits = logits.astype(np.float32 if logits.dtype == np.float32 else np.float64)
        if not np.isfinite(logits).all():
            a, b, c = np.argwhere(~np.isfinite(logits))[0]
            raise ValueError(f"the logit of answer {c} for the pair ({a}, {b}) is {logits[a, b, c]}; train again")
        largest = float(np.abs(logits).max())
        if largest and not 1e-30 < largest < 1e30:
            raise ValueError(f"logits are up to {largest:.3g}: their squares cannot be computed with; scale them")
        object.__setattr__(self, "logits", logits)
        if self.tables is not None:
            object.__setattr__(self, "tables", tuple(np.asarray(table, np.float64) for table in self.tables))
        self._refuse_misfits()

    def _refuse_misfits(self) -> None:
        shapes = {table.shape for table in self.tables or ()}
        wrong = any(len(shape) != 2 or shape[0] != self.size for shape in shapes)
        if wrong or len(shapes) > 1 or not all(np.isfinite(table).all() for table in self.tables or ()):
            raise ValueError(f"embeddings are {sorted(shapes)} for {self.size} symbols; give two finite (n, width)")
        if self.target is not None:
            target = np.asarray(self.target)
            if target.shape != (self.size, self.size) or target.min() < 0 or target.max() >= self.size:
                raise ValueError(f"target is {target.shape}; give ({self.size}, {self.size}) of 0 to {self.size - 1}")
            object.__setattr__(self, "target", target.astype(np.int64))

    @property
    def size(self) -> int:
        """How many symbols there are: n."""
        return len(self.logits)

    @property
    def answers(self) -> Int[np.ndarray, "n n"]:
        """The answer with the largest logit for every pair."""
        return self.logits.argmax(2)

    @property
    def tied(self) -> bool:
        """Whether both places have one table of embeddings."""
        return self.tables is not None and np.array_equal(*self.tables)

    def fingerprint(self) -> str:
        """SHA-256 of logits, embeddings and target."""
        digest = hashlib.sha256()
        for array in (self.logits, *(self.tables or ()), *(() if self.target is None else (self.target,))):
            digest.update(f"{array.shape}{array.dtype}".encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def operation_of(
    module: nn.Module,
    size: int,
    *,
    embedding: str | Sequence[str] | None = None,
    after: Sequence[int] = (),
    batch: int = 4096,
    target: Any = None,
    source: str = "",
    title: str = "",
) -> Operation:
    """All of a torch module that maps tokens (rows, 2) to logits (rows, n), or (rows, length, n), read at the end.

    `after` are tokens that follow the pair, such as the one of "=". `embedding` is the path of the module that embeds
    the tokens, or of the two that embed each of them; its outputs are then replaced at the first two places. Raises
    ValueError for a module that gives another width than `size` or answers differently when asked again.
    """
    import torch

    if not 2 <= size <= LARGEST:
        raise ValueError(f"size={size} is out of range; give the number of symbols, 2 to {LARGEST}")
    pairs = torch.cartesian_prod(torch.arange(size), torch.arange(size))
    tokens = torch.cat([pairs, torch.tensor(list(after), dtype=torch.int64).expand(len(pairs), -1)], 1)
    logits = _logits_of(module, tokens, {}, batch, size)
    if not np.array_equal(logits[:batch], _logits_of(module, tokens[:batch], {}, batch, size), equal_nan=True):
        raise ValueError("the module answers differently when it is asked again; call eval(), remove its random parts")
    tables = reader = None
    if embedding is not None:
        paths = [embedding] if isinstance(embedding, str) else list(embedding)
        tables, reader = _inside(module, paths, tokens, batch, size)
    return Operation(logits.reshape(size, size, size), tables, reader, target, source, title)


def _logits_of(module: Any, tokens: Any, edits: Mapping[str, Any], batch: int, size: int) -> np.ndarray:
    """Logits (rows, n) for tokens (rows, length), in the network's precision; extra scores, as of "=", are left out."""
    import torch

    from ..models.hooks import evaluating, logits_of, run

    found = []
    with evaluating(module), torch.no_grad():
        for start in range(0, len(tokens), batch):
            part = {path: edit(slice(start, start + batch)) for path, edit in edits.items()}
            given = tokens[start : start + batch]
            try:
                scores = logits_of(run(module, given, edits=part)[0] if part else module(given))
            except (RuntimeError, IndexError, TypeError) as error:
                first = str(error).splitlines()[0] if str(error) else type(error).__name__
                raise ValueError(
                    f"the module fails on tokens (rows, {tokens.shape[1]}) of 0 to {size - 1}: {first}"
                ) from error
            scores = scores[:, -1] if scores.ndim == 3 else scores
            if scores.ndim != 2 or scores.shape[1] not in range(size, size + 4):
                raise ValueError(
                    f"the module gives {tuple(scores.shape)} for {len(given)} pairs; it should give {size} scores each"
                )
            found.append(scores[:, :size].detach().cpu())
    joined = torch.cat(found)
    return (joined if joined.dtype == torch.float64 else joined.float()).numpy()


def _inside(module: Any, paths: list[str], tokens: Any, batch: int, size: int) -> tuple[Any, FromEmbeddings]:
    """The tables of embeddings, read where the tokens pass, and what gives logits from others in their place."""
    import torch

    from ..models.hooks import evaluating, run

    if len(paths) not in (1, 2):
        raise ValueError(f"embedding={paths} are {len(paths)} modules; name one, or one for each place")
    same = torch.arange(size).repeat(2, 1).T
    same = torch.cat([same, tokens[:size, 2:]], 1)
    with evaluating(module), torch.no_grad():
        _, values = run(module, same, read=paths)
    read = [values[path].double().cpu().numpy() for path in paths]
    if any(one.ndim not in (2, 3) or len(one) != size for one in read):
        raise ValueError(f"embedding={paths[0]!r} gives {read[0].shape}; it should give (rows, length, width)")
    first = read[0] if read[0].ndim == 2 else read[0][:, 0]
    second = (read[1] if read[1].ndim == 2 else read[1][:, 0]) if len(read) == 2 else read[0][:, 1]

    def from_embeddings(given: np.ndarray) -> np.ndarray:
        new = torch.as_tensor(np.ascontiguousarray(given))
        rows = torch.zeros(len(new), tokens.shape[1], dtype=torch.int64)
        rows[:, 2:] = tokens[:1, 2:]
        if len(paths) == 1:
            edits = {paths[0]: lambda part: _put(new[part], slice(0, 2))}
        else:
            edits = {path: lambda part, i=i: _put(new[part, i : i + 1], slice(0, 1)) for i, path in enumerate(paths)}
        return _logits_of(module, rows, edits, batch, size).astype(np.float64)

    return (first, second), from_embeddings


def _put(new: Any, places: slice) -> Callable[[Any], Any]:
    """An edit of an embedding's output (rows, length, width), or (rows, width), at these places."""

    def edit(output: Any) -> Any:
        output, values = output.clone(), new.to(output.dtype)
        if output.ndim == 2:
            return values[:, 0]
        output[:, places] = values
        return output

    return edit
