"""Operations from files: weights, TorchScript, one's own code with weights, or a table of logits.

A .npy holds logits (n, n, n) or (n^2, n); a .csv or .tsv has a row for each pair: a, b, then a logit of each answer.
Weights are .safetensors, or what torch.save wrote of a state_dict; no code in them is run. TorchScript, and code that
is named, is run: only open those of people you trust.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from ...subjects.operations.operation import Operation, operation_of
from ...subjects.operations.own_module import module_with_weights
from ...subjects.sequences.torch_recurrence import read_weights

TABLES, NUMBERS, WEIGHTS = (".csv", ".tsv"), (".npy",), (".safetensors", ".pt", ".pth", ".bin")


def read_operation(
    path: Path | str,
    *,
    size: int | None = None,
    code: str | None = None,
    activation: str | None = None,
    attention_rate: float | None = None,
    embedding: str | None = None,
    target: Any = None,
) -> Operation:
    """What a file holds: see this module for the kinds of files.

    `size` is the number of symbols where it is not that of the answers; `code` is "file.py:name" of a module or of what
    makes one, into which the weights go; `embedding` the module that embeds the symbols in it. `activation` and
    `attention_rate` (of 2306.17844) are what weights do not tell: where they are not given, those count with which the
    answers are nearest to a Latin square (of rates, 1 and 0 are tried). Raises ValueError, in one line that names
    the file and the remedy.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if not path.is_file():
        raise ValueError(f"{path} is no file; give weights ({', '.join(WEIGHTS)}) or logits (.npy, .csv)")
    try:
        if ending in (*TABLES, *NUMBERS):
            logits = _table(path) if ending in TABLES else _numbers(path)
            if size not in (None, len(logits)):
                raise ValueError(f"size={size}, but there are logits of {len(logits)} symbols; leave --size")
            return Operation(logits, target=target, source=f"{path.name}: logits", title=path.stem)
        if ending not in WEIGHTS:
            known = ", ".join((*WEIGHTS, *NUMBERS, *TABLES))
            raise ValueError(f"the ending {ending!r} is unknown; give one of {known}")
        if code is not None:
            return _with_code(path, code, size, embedding, target)
        if _is_torchscript(path):
            return _torchscript(path, size, embedding, target)
        return _from_weights(path, size, activation, attention_rate, target)
    except ValueError as error:
        raise ValueError(f"{path.name}: {str(error).removeprefix(f'{path.name}: ')}") from None


def _numbers(path: Path) -> Float[np.ndarray, "n n n"]:
    try:
        found = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise ValueError(f"no file of numbers ({error}); save it by numpy.save") from None
    if not isinstance(found, np.ndarray):
        raise ValueError("several arrays in one file; save one of logits (n, n, n) by numpy.save")
    if found.ndim == 2 and found.shape[1] ** 2 == found.shape[0]:
        found = found.reshape(found.shape[1], found.shape[1], found.shape[1])
    return found


def _table(path: Path) -> Float[np.ndarray, "n n n"]:
    """Rows a, b, logits of every answer, in any order; a first line of names is left out."""
    import pandas as pd

    try:
        rows = pd.read_csv(path, sep="\t" if path.suffix.lower() == ".tsv" else ",", header=None)
        rows = rows.iloc[1:] if not _is_number(rows.iloc[0, -1]) else rows
        values = rows.to_numpy(dtype=np.float64)
    except (ValueError, TypeError, IndexError) as error:
        raise ValueError(
            f"no table of numbers ({str(error).splitlines()[0]}); give a, b and a logit of each answer"
        ) from None
    size = values.shape[1] - 2
    pairs = values[:, :2]
    if size < 2 or not np.isfinite(pairs).all() or (pairs != np.rint(pairs)).any():
        raise ValueError(f"{values.shape[1]} columns; give whole numbers a, b, then a logit of each answer")
    found = np.full((size, size, size), np.nan)
    a, b = pairs.astype(np.int64).T
    if a.min() < 0 or b.min() < 0 or a.max() >= size or b.max() >= size:
        raise ValueError(
            f"symbols go to {max(a.max(), b.max())}, but there are {size} answers; number them 0 to {size - 1}"
        )
    if len(np.unique(a * size + b)) != len(a) or len(a) != size**2:
        raise ValueError(f"{len(a)} rows are not one for each of {size**2} pairs; give every pair once")
    found[a, b] = values[:, 2:]
    return found


def _is_number(cell: Any) -> bool:
    try:
        float(cell)
    except (TypeError, ValueError):
        return False
    return True


def _is_torchscript(path: Path) -> bool:
    """Whether it is an archive with code in it."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any("/code/" in name for name in archive.namelist())


def _torchscript(path: Path, size: int | None, embedding: str | None, target: Any) -> Operation:
    import torch

    if size is None:
        raise ValueError("TorchScript does not tell how many symbols there are; add --size")
    module = torch.jit.load(str(path), map_location="cpu")
    if embedding is not None:
        raise ValueError("nothing inside TorchScript can be replaced; leave --embedding, or give weights and --code")
    return operation_of(module, size, target=target, source=f"{path.name}: TorchScript", title=path.stem)


def _with_code(path: Path, code: str, size: int | None, embedding: str | None, target: Any) -> Operation:
    """One's own module, with the weights of the file."""
    from torch import nn

    module = module_with_weights(path, code)
    tables = [key for key, one in module.named_modules() if isinstance(one, nn.Embedding)]
    paths = embedding.split(",") if embedding else tables[:2] or None
    count = size or _symbols(module, paths)
    return operation_of(module, count, embedding=paths, target=target, source=f"{path.name} in {code}", title=path.stem)


def _symbols(module: Any, paths: list[str] | None) -> int:
    """As many as the embeddings have rows."""
    table = dict(module.named_modules()).get(paths[0]) if paths else None
    if table is None or not hasattr(table, "num_embeddings"):
        raise ValueError("how many symbols there are is not told by the code; add --size")
    return int(table.num_embeddings)


def _from_weights(path: Path, size: int | None, activation: str | None, rate: float | None, target: Any) -> Operation:
    """The candidate whose answers are those wanted on most pairs, or are nearest to a Latin square."""
    from .checkpoint_layouts import candidates

    best, most = None, -1.0
    for candidate in candidates(read_weights(path), activation=activation, rate=rate):
        count = size or candidate.outputs - (candidate.outputs == candidate.vocabulary) * max(candidate.length - 2, 0)
        if not 2 <= count <= min(candidate.outputs, candidate.vocabulary):
            there = f"{candidate.vocabulary} tokens and {candidate.outputs} answers"
            raise ValueError(f"size={count}, but the network has {there}; correct --size")
        after = [min(count, candidate.vocabulary - 1)] * max(candidate.length - 2, 0)
        source = f"{path.name}: {type(candidate.network).__name__[4:]}" + "".join(
            f", {a} {b}" for a, b in candidate.choices
        )
        found = operation_of(candidate.network, count, embedding=candidate.embedding, after=after, target=target,
                             source=source, title=path.stem)  # fmt: skip
        right = _regular(found.answers) if target is None else float((found.answers == np.asarray(target)).mean())
        if best is None or right > most + 0.05:  # the most common choices, but where others are clearly better
            best, most = found, right
        if right == 1.0:
            break
    if best is None:
        raise ValueError("no network fits the weights; export logits to .npy instead")
    return best


def _regular(table: np.ndarray) -> float:
    """The share of different symbols in the rows and columns: 1 of a Latin square.

    >>> _regular(np.array([[0, 1], [1, 0]])), _regular(np.array([[0, 0], [0, 0]]))
    (1.0, 0.5)
    """
    return sum(len(np.unique(line)) for line in (*table, *table.T)) / (2 * table.size)
