"""Sites: a place in a network and the inputs that are run through it; what is computed there can be read and stored.

Only the part of the network up to the site is computed (see `hooks.run`). Held in memory while storing: the network,
one batch of activations, and one shard, at most a quarter of `memory_gib`, with one copy of it while it is written.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from ...core.files import write_atomic
from ...core.reporter import SILENT, Reporter
from ...core.subject import Subject
from .activations import MANIFEST, Activations, ActivationStore, read_manifest
from .hooks import INPUT, calls_of, device_of, evaluating, first_not_finite, module_of, paths, run
from .language_model import LanguageModel
from .model_inputs import DECODER_TOKENS, ModelInputs
from .out_of_memory import free_memory, out_of_memory_says
from .sampled_weights import sampled_weights, tensor_bytes
from .settings import MODELS
from .shards import KINDS, narrowed, shard_name, write_shard


def _continued(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest of the store that is in `folder` already. Raises ValueError where it is another site's."""
    known = read_manifest(folder)
    if any(known[name] != manifest[name] for name in ("fingerprint", "dtype")):
        raise ValueError(
            f"folder {str(folder)!r} holds the store of another site; choose another, delete it, or start "
            "without --resume"
        )
    return known


@dataclass(frozen=True, eq=False)
class Site(Subject):
    """The activations at one module path of a model, on some inputs.

    inputs: LongTensor (rows, length) of tokens, float Tensor (rows, ...), or a mapping of named ones; where it has an
    "attention_mask", tokens without attention are left out, and rows padded on the left get their positions.
    "path@input" is what goes into a module. `target`: a second path, for what a transcoder maps to. `beside`: paths of
    modules that are run before, whose vectors are put before those at `path`, side by side, for a crosscoder.
    Raises ValueError for an unknown path (naming the nearest), no inputs, tokens that the model does not know,
    sequences beyond its context, and padding on the left that the model cannot be told of.

    >>> net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU())
    >>> site = Site(net, "0", torch.ones(5, 2))
    >>> site.width, site.read().shape
    (3, torch.Size([5, 1, 3]))
    """

    made_by: ClassVar[str] = "Site(model, path, inputs) of any torch module, path naming a module in it"

    model: Any
    path: str
    inputs: Any
    batch_size: int = 8
    names: tuple[str, ...] | None = None
    """What each row is called, for people."""
    target: str | None = None
    excluded_tokens: tuple[int, ...] = ()
    """Tokens whose vectors are left out, wherever they stand; the model reads them all the same."""
    beside: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        module_of(self.model)
        object.__setattr__(self, "beside", tuple(self.beside))
        if self.beside and (self.target is not None or len(set(self.reads)) < len(self.reads)):
            raise ValueError(f"beside={self.beside} are not other paths than {self.path!r}, or there is a target, too")
        for path in self._paths:
            found = paths(self.model, path)
            if len(found) > 1:
                raise ValueError(f"path={path!r} matches {len(found)} modules ({', '.join(found[:3])}, ...); name one")
        if self.batch_size < 1:
            raise ValueError(f"batch_size={self.batch_size} runs nothing; use at least 1")
        given = ModelInputs.of(self.inputs)
        object.__setattr__(self, "inputs", dict(given.named))
        self._refuse_tokens()
        object.__setattr__(self, "inputs", dict(given.completed(self.model).named))
        object.__setattr__(self, "excluded_tokens", tuple(int(i) for i in self.excluded_tokens))
        if self.names is not None:
            object.__setattr__(self, "names", tuple(self.names))
            if len(self.names) != self.rows:
                raise ValueError(f"names are {len(self.names)}, the inputs {self.rows} rows; give one for each")

    @property
    def rows(self) -> int:
        return self.given.rows

    @property
    def given(self) -> ModelInputs:
        """All that the model is given: tokens, mask, positions, and what a decoder reads."""
        return ModelInputs(self.inputs)

    @property
    def tokens(self) -> Tensor | None:
        """The tokens (rows, length), where the inputs are such; at a site in a decoder those that it reads."""
        return self.given.predicted if self._in_decoder else self.given.tokens

    @property
    def reads(self) -> tuple[str, ...]:
        """Every path that is read, in the order of the vectors that are put side by side; the last one is `path`."""
        return (*self.beside, self.path)

    @property
    def writes(self) -> str:
        """The path at which a dictionary writes: the target, or where it reads last."""
        return self.path if self.target is None else self.target

    @property
    def _paths(self) -> list[str]:
        return [*self.reads, *([] if self.target is None else [self.target])]

    @property
    def width(self) -> int:
        return sum(width for _, width in self._shapes[: len(self.reads)])

    @property
    def width_written(self) -> int:
        """Of the vectors at the path at which a dictionary writes."""
        return self._shapes[-1][1]

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """Path and width of what is put side by side; empty of a single path."""
        widths = (width for _, width in self._shapes)
        return tuple(zip(self.reads, widths, strict=True)) if self.beside else ()

    @property
    def length(self) -> int:
        """How many vectors the site has for each row."""
        return self._shapes[0][0]

    @cached_property
    def calls(self) -> int:
        """How often the module is called in one pass; of several calls the first is read (layers that share weights).

        >>> layer = torch.nn.Linear(2, 2)
        >>> Site(torch.nn.Sequential(layer, layer), "0", torch.ones(5, 2)).calls
        2
        """
        modules = [path.partition(INPUT)[0] for path in self._paths]
        one = self.given.part(slice(0, 1)).to(device_of(self.model))
        with evaluating(self.model):
            called = [path for path, _ in calls_of(self.model, one.call(), modules)]
        return max(called.count(path) for path in modules)

    @property
    def positions(self) -> Tensor:
        """Each vector's place in its row, (rows, length)."""
        return torch.arange(self.length).expand(self.rows, self.length)

    @property
    def mask(self) -> Tensor:
        """Which of the vectors count, bool (rows, length): those of tokens with attention that are not excluded."""
        given = self.given.predicted_mask if self._in_decoder else self.given.mask
        if given is None or given.shape != (self.rows, self.length):
            return torch.ones(self.rows, self.length, dtype=torch.bool)
        found, tokens = given.cpu(), self.tokens
        if self.excluded_tokens and tokens is not None:
            found = found & ~torch.isin(tokens.cpu(), torch.tensor(self.excluded_tokens))
        return found

    def batches(self) -> Iterator[Float[Tensor, "tokens width"]]:
        """The vectors in order, float32. Raises ValueError for NaN, naming the layer."""
        mask = self.mask
        for low, values, _ in self._passes():
            yield values[mask[low : low + len(values)]]

    def read(self) -> Float[Tensor, "rows length width"]:
        """All vectors, float32, those of tokens without attention too."""
        return torch.cat([values for _, values, _ in self._passes()])

    def activations(self) -> Activations:
        """All vectors in memory, with their tokens and positions. Raises MemoryError where they would not fit."""
        mask = self.mask
        free = free_memory()
        need = 4 * int(mask.sum()) * (self.width + (self.width_written if self.target else 0))
        if free is not None and 2 * need > free:
            raise MemoryError(
                f"the activations take {need / 2**30:.1f} GiB, and {free / 2**30:.1f} are free; use Site.store(folder)"
            )
        parts = list(self._passes())
        values = torch.cat([part for _, part, _ in parts])[mask]
        targets = torch.cat([part for _, _, part in parts if part is not None])[mask] if self.target else None
        tokens = self._token_table()
        return Activations(
            values, None if tokens is None else tokens[mask], self.positions[mask], targets, self.describe(),
            parts=self.parts,
        )  # fmt: skip

    def describe(self) -> str:
        name = getattr(self.model, "name", type(module_of(self.model)).__name__)
        return f"{', '.join(self.reads)} of {name}, {int(self.mask.sum()):,} vectors"

    def fingerprint(self) -> str:
        """SHA-256 of path, inputs, and of every weight's name, shape and some thousand of its numbers."""
        return self._fingerprint

    def store(
        self, folder: Path | str, memory_gib: float = 1.0, *, dtype: str = "float32", reporter: Reporter = SILENT
    ) -> ActivationStore:
        """Writes the vectors into memory-mapped shards; what an interrupted call wrote is kept and not run again.

        Raises ValueError for a folder that holds the store of another site, OSError where the disk has too little room.
        """
        folder = Path(folder)
        if dtype not in KINDS:
            raise ValueError(f"dtype={dtype!r} is none of a store; use one of {sorted(KINDS)}")
        if memory_gib <= 0:
            raise ValueError(f"memory_gib={memory_gib} holds nothing; give the memory to be used, 1.0 for instance")
        manifest = self._manifest(self._rows_each_shard(memory_gib, dtype), dtype)
        if (folder / MANIFEST).exists():
            manifest = _continued(folder, manifest)
        size = manifest["rows_each_shard"]
        missing = [i for i in range(manifest["shards"]) if not (folder / shard_name(i)).is_file()]
        if missing:
            self._refuse_full_disk(folder, len(missing) * size, dtype)
            write_atomic(folder / MANIFEST, (json.dumps(manifest, indent=1) + "\n").encode())
        reporter.start("activations", self.rows)
        resumed = self.rows - sum(min(self.rows, (i + 1) * size) - i * size for i in missing)
        reporter.advance(resumed, "resumed" if resumed else self.path)
        for number in missing:
            low, high = number * size, min(self.rows, (number + 1) * size)
            self._write(folder / shard_name(number), low, high, dtype, reporter)
        reporter.finish()
        return ActivationStore(folder, memory_gib)

    # ------------------------------------------------------------------------------------------------------ the work

    def _passes(self, low: int = 0, high: int | None = None) -> Iterator[tuple[int, Tensor, Tensor | None]]:
        """(first row, values (rows, length, width), targets) of each batch of rows, in float32 on the CPU."""
        device = device_of(self.model)
        wanted, reads = self._paths, len(self.reads)
        with evaluating(self.model):
            for start in range(low, self.rows if high is None else high, self.batch_size):
                end = min(start + self.batch_size, self.rows if high is None else high)
                found = self._run(self.given.part(slice(start, end)).to(device), wanted)
                parts = [_vectors(found[path], end - start, path).float().cpu() for path in wanted]
                for path, part in zip(wanted, parts, strict=True):
                    self._refuse_not_finite(part, path, start, end)
                yield start, torch.cat(parts[:reads], -1), parts[-1] if self.target is not None else None

    def _run(self, part: ModelInputs, wanted: list[str]) -> dict[str, Tensor]:
        shape = tuple(part.main.shape)
        remedy = f"lower batch_size={self.batch_size}, or the length of the rows, or load the model in bfloat16"
        with out_of_memory_says(f"with inputs {shape} at {self.path!r}", remedy):
            return run(self.model, part.call(), read=wanted)[1]

    def _refuse_not_finite(self, values: Tensor, path: str, start: int, end: int) -> None:
        bad = ~values.isfinite().all(-1)
        if not bad.any():
            return
        row, position = (int(i) for i in bad.nonzero()[0])
        device = device_of(self.model)
        part = self.given.part(slice(start, end)).to(device)
        first = first_not_finite(self.model, part.call()) or path
        raise ValueError(
            f"activations at {path!r} hold NaN or infinity, first in row {start + row}, position {position}; the first "
            f"module to put any out is {first!r}: check its weights, or leave those rows out"
        )

    def _write(self, path: Path, low: int, high: int, dtype: str, reporter: Reporter) -> None:
        mask, tokens = self.mask, self._token_table()
        kept, seconds = [], []
        for start, values, targets in self._passes(low, high):
            part = mask[start : start + len(values)]
            kept.append(narrowed(values[part], dtype))
            if targets is not None:
                seconds.append(narrowed(targets[part], dtype))
            reporter.advance(len(values))
        tensors = {"values": torch.cat(kept), "lengths": mask[low:high].sum(1)}
        tensors["positions"] = self.positions[low:high][mask[low:high]].int()
        if tokens is not None:
            tensors["tokens"] = tokens[low:high][mask[low:high]].int()
        if seconds:
            tensors["targets"] = torch.cat(seconds)
        write_shard(path, tensors)

    def _token_table(self) -> Tensor | None:
        """The tokens, where the site has a vector for each."""
        tokens = self.tokens
        return tokens if tokens is not None and tokens.shape == (self.rows, self.length) else None

    def _rows_each_shard(self, memory_gib: float, dtype: str) -> int:
        each = self.length * (self._bytes_each(dtype) + 8)
        rows = int(min(MODELS.shard_bytes, memory_gib * 2**30 / 4) // each)
        rows = min(rows, max(self.batch_size, -(-self.rows // MODELS.least_shards)))
        return min(self.rows, max(1, rows // self.batch_size * self.batch_size or rows))

    def _bytes_each(self, dtype: str) -> int:
        return sum(width for _, width in self._shapes) * KINDS[dtype].itemsize

    def _manifest(self, size: int, dtype: str) -> dict[str, Any]:
        return {
            "format": 1,
            "fingerprint": self.fingerprint(),
            "source": self.describe(),
            "path": self.path,
            "target": self.target,
            "width": self.width,
            "target_width": self.width_written if self.target is not None else 0,
            **({"parts": [list(part) for part in self.parts]} if self.beside else {}),
            "dtype": dtype,
            "rows_each_shard": size,
            "shards": -(-self.rows // size),
        }

    def _refuse_full_disk(self, folder: Path, rows: int, dtype: str) -> None:
        need = min(rows, self.rows) * self.length * (self._bytes_each(dtype) + 8)
        place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        free = shutil.disk_usage(place).free
        if need > free:
            text = f"the store needs {need / 2**30:.2f} GiB and the disk has {free / 2**30:.2f}"
            raise OSError(errno.ENOSPC, f"{text}; take less text, or dtype='bfloat16'", str(folder))

    def _refuse_tokens(self) -> None:
        tokens, main = self.given.tokens, self.given.main
        if not isinstance(self.model, LanguageModel):
            return
        if tokens is None and set(self.inputs) & {"", "input_ids"}:
            shape = f"shape {tuple(main.shape)} and {str(main.dtype).removeprefix('torch.')} numbers"
            raise ValueError(f"inputs have {shape}; a language model takes tokens, whole numbers (rows, length)")
        if tokens is None:
            return
        if tokens.shape[1] > self.model.context:
            raise ValueError(
                f"inputs have {tokens.shape[1]} tokens a row, beyond the model's context of {self.model.context}; "
                "cut them"
            )
        known = self.model.embeddings.shape[0]
        if int(tokens.min()) < 0 or int(tokens.max()) >= known:
            raise ValueError(
                f"inputs hold token {int(tokens.max())}, the model knows 0 to {known - 1}; encode them with its own "
                "tokenizer"
            )

    @cached_property
    def _in_decoder(self) -> bool:
        """Whether what is read here depends on what the decoder is given, which an encoder never sees."""
        tokens = self.inputs.get(DECODER_TOKENS)
        if tokens is None:
            return False
        one = self.given.part(slice(0, 1)).to(device_of(self.model))
        other = one.having(**{DECODER_TOKENS: (one.named[DECODER_TOKENS] == 0).to(tokens.dtype)})
        with evaluating(self.model):
            first, second = (self._run(part, [self.path])[self.path] for part in (one, other))
        return not torch.equal(first, second)

    @cached_property
    def _shapes(self) -> list[tuple[int, int]]:
        """(length, width) at the path and at the target, from a pass of one row."""
        wanted = self._paths
        device = device_of(self.model)
        with evaluating(self.model):
            found = self._run(self.given.part(slice(0, 1)).to(device), wanted)
        shapes = [tuple(_vectors(found[path], 1, path).shape[1:]) for path in wanted]
        if len({length for length, _ in shapes}) > 1:
            raise ValueError(
                f"{' and '.join(map(repr, wanted))} have other lengths: {shapes}; choose paths of one length"
            )
        return [(int(length), int(width)) for length, width in shapes]

    @cached_property
    def _fingerprint(self) -> str:
        digest = hashlib.sha256(repr((self.path, self.target)).encode())
        if self.beside:
            digest.update(repr(self.beside).encode())
        if self.excluded_tokens:
            digest.update(repr(self.excluded_tokens).encode())
        for name, value in self.inputs.items():
            digest.update(f"{name}{tuple(value.shape)}{value.dtype}".encode() + tensor_bytes(value))
        for weight in sampled_weights(self.model):
            digest.update(weight)
        return digest.hexdigest()


def _vectors(value: Tensor, rows: int, path: str) -> Tensor:
    """(rows, length, width), from what a module puts out."""
    if value.ndim < 2 or value.shape[0] != rows:
        raise ValueError(
            f"{path!r} puts out {tuple(value.shape)} for {rows} rows; choose a module with (rows, ..., width)"
        )
    return value.reshape(rows, -1, value.shape[-1])
