"""Activations: vectors of one site, in memory or in memory-mapped shards, read in random order with bounded memory.

Both kinds have one face: `count`, `width`, `rows(indices)`, `batches(size, generator)`, `split`, `fingerprint`. A store
holds no vector in memory but those of the batch and of the pool that it shuffles (`memory_gib` at most): whole
sequences are drawn in random order into the pool, whose vectors are shuffled. Where everything fits into the pool, that
is a uniform shuffle. Cost of a pass: one sequential read of each sequence and one copy of each vector.
"""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from ...core.subject import Subject
from .shards import Shard, open_shard, shard_name

MANIFEST = "store.json"


class Vectors(Subject):
    """What activations in memory and on disk have in common: sequences of vectors."""

    made_by: ClassVar[str] = "Activations(values), ActivationStore(folder), or the activations of a Site"

    @property
    @abstractmethod
    def lengths(self) -> Int[np.ndarray, " sequences"]:
        """How many vectors each sequence has, int64."""

    @property
    @abstractmethod
    def width(self) -> int: ...

    @property
    @abstractmethod
    def target_width(self) -> int:
        """The width of the second vectors, 0 where there are none."""

    @property
    @abstractmethod
    def pool(self) -> int:
        """How many vectors may be held at once while shuffling."""

    @abstractmethod
    def fingerprint(self) -> str: ...

    @abstractmethod
    def select(self, sequences: Int[np.ndarray, " chosen"]) -> Self:
        """The same activations of some sequences only."""

    @abstractmethod
    def read(self, sequences: Int[np.ndarray, " chosen"]) -> dict[str, Tensor]:
        """values (float32), and where there are any targets, tokens and positions, of some sequences after another."""

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """Name and width of what was put side by side; empty of a single site."""
        return ()

    @property
    def count(self) -> int:
        return int(self.lengths.sum())

    def rows(
        self, indices: Int[Tensor, " chosen"] | Int[np.ndarray, " chosen"] | Sequence[int], what: str = "values"
    ) -> Shaped[Tensor, "chosen ..."]:
        """The vectors at `indices`; `what`: "values", "targets", "tokens" or "positions".

        >>> Activations(torch.eye(3)).rows([2, 0]).tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
        """
        wanted = np.asarray(indices, dtype=np.int64).reshape(-1)
        if len(wanted) and (wanted.min() < 0 or wanted.max() >= self.count):
            raise ValueError(f"indices reach {wanted.min()} to {wanted.max()}; use 0 to {self.count - 1}")
        ends = np.cumsum(self.lengths)
        sequences, inverse = np.unique(np.searchsorted(ends, wanted, side="right"), return_inverse=True)
        starts = np.concatenate([[0], np.cumsum(self.lengths[sequences])])[:-1]
        local = starts[inverse] + wanted - (ends - self.lengths)[sequences][inverse]
        part = self.read(sequences)
        if what not in part:
            raise ValueError(f"what={what!r} is not there; use one of {sorted(part)}")
        return part[what][torch.from_numpy(local)]

    def batches(self, size: int, generator: torch.Generator, *, epochs: int = 1) -> Iterator[Tensor]:
        """Shuffled float32 batches (size, width), each epoch in another order; what fills no batch is left out."""
        for values, _ in self._shuffled(size, generator, epochs, False):
            yield values

    def pairs(self, size: int, generator: torch.Generator, *, epochs: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
        """As `batches`, with the targets (size, target_width) of each vector."""
        if not self.target_width:
            raise ValueError(
                "these activations have no targets; give Site(..., target=path), or Activations(targets=...)"
            )
        yield from self._shuffled(size, generator, epochs, True)

    def split(self, fraction: float, generator: torch.Generator) -> tuple[Self, Self]:
        """Two disjoint parts, the second with about `fraction` of the vectors; no sequence is in both."""
        if not 0 < fraction < 1:
            raise ValueError(f"fraction={fraction} splits nothing; use a number between 0 and 1")
        total = len(self.lengths)
        if total < 2:
            raise ValueError("1 sequence cannot be split into a training and a held-out part; give at least 2")
        order = torch.randperm(total, generator=generator).numpy()
        held = min(total - 1, max(1, round(fraction * total)))
        return self.select(np.sort(order[held:])), self.select(np.sort(order[:held]))

    def _shuffled(
        self, size: int, generator: torch.Generator, epochs: int, targets: bool
    ) -> Iterator[tuple[Tensor, Tensor]]:
        if not 1 <= size <= self.count:
            raise ValueError(f"size={size} is no batch of {self.count} vectors; use 1 to {self.count}")
        for _ in range(epochs):
            order = torch.randperm(len(self.lengths), generator=generator).numpy()
            values, second = torch.empty(0, self.width), torch.empty(0, self.target_width if targets else 0)
            for part in _pools(order, self.lengths, max(self.pool, size)):
                rest, found = (values, second), self.read(part)
                values = found["values"]
                second = found["targets"] if targets else values[:, :0]
                mixed = torch.randperm(len(values), generator=generator)
                start = min(size - len(rest[0]), len(mixed)) if len(rest[0]) else 0
                if start:
                    head = mixed[:start]
                    rest = torch.cat([rest[0], values[head]]), torch.cat([rest[1], second[head]])
                    if len(rest[0]) == size:
                        yield rest
                        rest = (values[:0], second[:0])
                full = start + (len(mixed) - start) // size * size
                for at in range(start, full, size):
                    chosen = mixed[at : at + size]
                    yield values[chosen], second[chosen]
                tail = mixed[full:]
                values, second = torch.cat([rest[0], values[tail]]), torch.cat([rest[1], second[tail]])


@dataclass(frozen=True, eq=False)
class Activations(Vectors):
    """Vectors in memory: values (count, width), their tokens and positions in the text where these are known.

    `targets` (count, target_width) are what a transcoder or crosscoder maps to. A new sequence begins where a position
    is not above the one before; without positions each vector is a sequence of its own. Raises ValueError for NaN and
    infinity, naming the first row, and for shapes that do not fit.

    >>> a = Activations(torch.eye(4))
    >>> a.count, a.width, [len(part.values) for part in a.split(0.25, torch.Generator().manual_seed(0))]
    (4, 4, [3, 1])
    """

    values: Tensor
    tokens: Tensor | None = None
    positions: Tensor | None = None
    targets: Tensor | None = None
    source: str = ""
    """What they are activations of, for people."""
    parts: tuple[tuple[str, int], ...] = ()
    _lengths: np.ndarray | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in ("values", "targets"):
            value = getattr(self, name)
            if value is None:
                continue
            value = torch.as_tensor(value)
            if value.ndim != 2 or not value.numel():
                raise ValueError(f"{name} has shape {tuple(value.shape)}; give (count, width), at least one of each")
            value = value.detach().to("cpu", torch.float32).contiguous()
            refuse_not_finite(value, name)
            object.__setattr__(self, name, value)
        for name in ("tokens", "positions", "targets"):
            value = getattr(self, name)
            if value is not None:
                value = torch.as_tensor(value)
                if len(value) != len(self.values):
                    raise ValueError(f"{name} are {len(value)}, values {len(self.values)}; give one for each")
                object.__setattr__(self, name, value.reshape(-1) if name != "targets" else value)
        if self._lengths is None:
            object.__setattr__(self, "_lengths", _sequence_lengths(self.positions, len(self.values)))

    @property
    def lengths(self) -> np.ndarray:
        assert self._lengths is not None
        return self._lengths

    @property
    def width(self) -> int:
        return self.values.shape[1]

    @property
    def target_width(self) -> int:
        return 0 if self.targets is None else self.targets.shape[1]

    @property
    def pool(self) -> int:
        return len(self.values)

    def read(self, sequences: np.ndarray) -> dict[str, Tensor]:
        index = _indices(sequences, self.lengths)
        found = {"values": self.values, "targets": self.targets, "tokens": self.tokens, "positions": self.positions}
        return {name: value[index] for name, value in found.items() if value is not None}

    def select(self, sequences: np.ndarray) -> Self:
        return replace(self, **self.read(sequences), _lengths=self.lengths[sequences])

    def fingerprint(self) -> str:
        """SHA-256 of all vectors."""
        digest = hashlib.sha256(repr((tuple(self.values.shape), self.target_width)).encode())
        for value in (self.values, self.targets):
            if value is not None:
                digest.update(value.numpy().tobytes())
        return digest.hexdigest()


class ActivationStore(Vectors):
    """Vectors in memory-mapped shards, written by `Site.store`; they stay on disk but for the batch and the pool.

    Raises ValueError for a folder that holds none, or one whose writing was interrupted.
    """

    def __init__(self, folder: Path | str, memory_gib: float = 1.0) -> None:
        self.folder, self.memory_gib = Path(folder), memory_gib
        self.manifest = read_manifest(self.folder)
        count = self.manifest["shards"]
        missing = [i for i in range(count) if not (self.folder / shard_name(i)).is_file()]
        if missing:
            raise ValueError(
                f"the store {str(folder)!r} is not complete ({count - len(missing)} of {count} shards); call "
                "Site.store(folder) again: it goes on where it stopped"
            )
        self._shards: list[Shard] = [open_shard(self.folder / shard_name(i)) for i in range(count)]
        self._all_lengths = np.concatenate([shard.lengths for shard in self._shards])
        self._first_of_shard = np.concatenate([[0], np.cumsum([len(shard.lengths) for shard in self._shards])])
        self._chosen: np.ndarray | None = None

    @property
    def lengths(self) -> np.ndarray:
        return self._all_lengths if self._chosen is None else self._all_lengths[self._chosen]

    @property
    def width(self) -> int:
        return int(self.manifest["width"])

    @property
    def target_width(self) -> int:
        return int(self.manifest["target_width"])

    @property
    def source(self) -> str:
        return str(self.manifest["source"])

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        return tuple((name, width) for name, width in self.manifest.get("parts", ()))

    @property
    def pool(self) -> int:
        each = 4 * (self.width + self.target_width)
        return max(1, int(self.memory_gib * 2**30 / (2 * each)))  # the pool, and the batches copied from it

    @property
    def tokens(self) -> Int[Tensor, " count"]:
        """The token of every vector."""
        return self._whole("tokens")

    @property
    def positions(self) -> Int[Tensor, " count"]:
        """Each vector's place in its sequence."""
        return self._whole("positions")

    def read(self, sequences: np.ndarray) -> dict[str, Tensor]:
        return self._gathered(sequences, ("values", "targets", "tokens", "positions"))

    def select(self, sequences: np.ndarray) -> Self:
        other = object.__new__(type(self))
        for name, value in vars(self).items():
            setattr(other, name, value)
        other._chosen = sequences if self._chosen is None else self._chosen[sequences]
        return other

    def fingerprint(self) -> str:
        """SHA-256 of what was run through which model, and which sequences of it these are."""
        text = self.manifest["fingerprint"]
        chosen = b"" if self._chosen is None else self._chosen.tobytes()
        return hashlib.sha256(text.encode() + chosen).hexdigest()

    def _whole(self, name: str) -> Tensor:
        return self._gathered(np.arange(len(self.lengths)), (name,))[name]

    def _gathered(self, sequences: np.ndarray, names: tuple[str, ...]) -> dict[str, Tensor]:
        wanted = sequences if self._chosen is None else self._chosen[sequences]
        names = tuple(name for name in names if name in self._shards[0].arrays)
        lengths = self._all_lengths[wanted]
        ends = np.cumsum(lengths)
        total = int(lengths.sum())
        widths = {"values": (self.width,), "targets": (self.target_width,)}
        kinds = {"values": torch.float32, "targets": torch.float32}
        found = {
            name: torch.empty((total, *widths.get(name, ())), dtype=kinds.get(name, torch.int64)) for name in names
        }
        for place in np.argsort(wanted, kind="stable"):  # in the order of the files, so that the disk reads ahead
            number = int(np.searchsorted(self._first_of_shard, wanted[place], side="right")) - 1
            shard = self._shards[number]
            low, high = shard.bounds(int(wanted[place] - self._first_of_shard[number]))
            to = slice(int(ends[place] - lengths[place]), int(ends[place]))
            for name in names:
                found[name][to] = shard.part(name, low, high)
        return found


@runtime_checkable
class _HasActivations(Protocol):
    def activations(self) -> Activations: ...


def as_activations(subject: Any) -> Vectors:
    """Activations of whatever is given: a Site is run and read into memory. Raises ValueError for other things.

    >>> as_activations(torch.eye(3)).count
    3
    """
    if isinstance(subject, Vectors):
        return subject
    if isinstance(subject, _HasActivations):
        return subject.activations()
    if isinstance(subject, Tensor | np.ndarray):
        return Activations(torch.as_tensor(subject))
    raise ValueError(f"subject is a {type(subject).__name__}; give a Site, Activations, an ActivationStore or a tensor")


def refuse_not_finite(values: Float[Tensor, "rows width"], name: str) -> None:
    """Raises ValueError where `values` hold NaN or infinity, naming the first row.

    >>> refuse_not_finite(torch.tensor([[0.0], [torch.nan]]), "values")
    Traceback (most recent call last):
    ...
    ValueError: values holds NaN or infinity in 1 rows, first row 1; drop those rows
    """
    bad = ~values.isfinite().all(1)
    if bad.any():
        row = int(bad.nonzero()[0])
        raise ValueError(f"{name} holds NaN or infinity in {int(bad.sum())} rows, first row {row}; drop those rows")


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a store says of itself. Raises ValueError where the folder holds none, or a damaged one."""
    try:
        found = json.loads((folder / MANIFEST).read_text())
        needed = {"fingerprint", "source", "width", "target_width", "dtype", "rows_each_shard", "shards"}
        if not isinstance(found, dict) or not found.keys() >= needed:
            raise ValueError(f"{folder / MANIFEST} is no manifest of a store; delete the folder and store again")
        return found
    except FileNotFoundError:
        raise ValueError(f"folder {str(folder)!r} holds no {MANIFEST}; name one that Site.store wrote") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{folder / MANIFEST} is not JSON ({error}); delete the folder and store again") from None


def _pools(order: np.ndarray, lengths: np.ndarray, most: int) -> Iterator[np.ndarray]:
    """`order` in pieces of at most `most` vectors (a longer sequence alone)."""
    start, held = 0, 0
    for i, length in enumerate(lengths[order].tolist()):
        if held and held + length > most:
            yield order[start:i]
            start, held = i, 0
        held += length
    yield order[start:]


def _indices(sequences: np.ndarray, lengths: np.ndarray) -> Tensor:
    ends = np.cumsum(lengths)
    if len(sequences) == len(lengths) and np.array_equal(sequences, np.arange(len(lengths))):
        return torch.arange(int(ends[-1]))
    if (lengths == 1).all():
        return torch.from_numpy(np.asarray(sequences))
    parts = [np.arange(int(ends[s] - lengths[s]), int(ends[s])) for s in sequences]
    return torch.from_numpy(np.concatenate(parts) if parts else np.zeros(0, np.int64))


def _sequence_lengths(positions: Tensor | None, count: int) -> np.ndarray:
    if positions is None:
        return np.ones(count, np.int64)
    places = positions.numpy()
    starts = np.concatenate([[0], np.flatnonzero(np.diff(places) <= 0) + 1, [count]])
    return np.diff(starts).astype(np.int64)
