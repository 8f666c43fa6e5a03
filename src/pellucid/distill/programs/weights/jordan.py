"""The real Jordan form of a matrix that is known to some precision only, as weights of networks are (arXiv 2402.05110).

Rounding splits an eigenvalue of a block of length k by precision^(1/k): eigenvalues alone do not tell. So all ways to
merge near eigenvalues are tried, the coarsest first, and the first is taken whose Jordan form has the matrix within the
tolerance. Cost: O(size) clusterings, each O(size^4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag, schur

Array = NDArray[Any]

__all__ = ["Block", "jordan_basis", "jordan_blocks", "jordan_matrix"]


@dataclass(frozen=True)
class Block:
    """A Jordan block: `length` cells of one coordinate (a real eigenvalue) or two (a pair), from `start` on."""

    start: int
    eigenvalue: complex
    length: int
    width: int

    def cell(self, level: int) -> list[int]:
        """The coordinates of one cell.

        >>> Block(start=2, eigenvalue=1j, length=2, width=2).cell(1)
        [4, 5]
        """
        return [self.start + self.width * level + i for i in range(self.width)]


def jordan_matrix(blocks: list[Block]) -> Array:
    """J (size, size): eigenvalues (or rotation-scalings) on the diagonal, ones (or identities) above it in each block.

    >>> jordan_matrix([Block(0, 1 + 2j, 1, 2)]).tolist()
    [[1.0, 2.0], [-2.0, 1.0]]
    """
    parts = []
    for block in blocks:
        a, b = block.eigenvalue.real, block.eigenvalue.imag
        cell = np.array([[a, b], [-b, a]]) if block.width == 2 else np.array([[a]])
        above = np.kron(np.eye(block.length, k=1), np.eye(block.width))
        parts.append(np.kron(np.eye(block.length), cell) + above)
    return np.asarray(block_diag(*parts))


def jordan_blocks(matrix: Array, tolerance: float = 1e-4) -> list[Block]:
    """The blocks of a matrix (size, size) in real Jordan form within `tolerance`. Raises ValueError for others.

    >>> jordan_blocks(np.array([[2.0, 1.0], [0.0, 2.0]]))
    [Block(start=0, eigenvalue=(2+0j), length=2, width=1)]
    """
    size, blocks, start = len(matrix), [], 0
    while start < size:
        width = 2 if start + 1 < size and abs(matrix[start + 1, start]) > tolerance else 1
        length = 1
        while (end := start + width * length) + width <= size and abs(matrix[end - width, end] - 1) <= tolerance:
            length += 1
        imaginary = matrix[start, start + 1] if width == 2 else 0.0
        blocks.append(Block(start, complex(matrix[start, start], imaginary), length, width))
        start = end
    if np.abs(matrix - jordan_matrix(blocks)).max() > tolerance * max(1.0, np.abs(matrix).max()):
        raise ValueError("the transition matrix is not in real Jordan form; call real_jordan first")
    return blocks


def jordan_basis(matrix: Array, tolerance: float = 1e-5) -> Array:
    """T with T^-1 A T in real Jordan form, up to `tolerance` (relative to A); the most degenerate form there is.

    Args:
        matrix: A, Float[Array, "size size"].
        tolerance: what counts as zero next to the largest singular value of A: the precision of its entries.

    >>> shear = np.array([[1.0, 1e-3], [0.0, 1.0]])
    >>> basis = jordan_basis(shear)
    >>> (np.linalg.inv(basis) @ shear @ basis).round(6).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    scale = max(float(np.linalg.norm(matrix, 2)), 1e-6)
    best, least = np.eye(len(matrix)), np.inf
    eigenvalues = np.linalg.eigvals(matrix)
    for labels in _clusterings(eigenvalues):
        found = _basis(matrix, eigenvalues, labels, tolerance, scale)
        if found is None:
            continue
        basis, blocks = found
        if np.linalg.cond(basis) > 1e12:
            continue
        error = float(np.abs(basis @ jordan_matrix(blocks) @ np.linalg.inv(basis) - matrix).max()) / scale
        if error <= tolerance:
            return basis
        if error < least:
            best, least = basis, error
    return best


def _clusterings(eigenvalues: Array) -> list[Array]:
    """A label for each eigenvalue: all in one, then ever more clusters (single linkage)."""
    distances = np.abs(eigenvalues[:, None] - eigenvalues)
    labels = np.arange(len(eigenvalues))
    clusterings = [labels]
    while labels.any():
        apart = np.where(labels[:, None] != labels, distances, np.inf)
        for i, j in np.argwhere(apart <= apart.min() * (1 + 1e-9)):
            labels = np.where(labels == max(labels[i], labels[j]), min(labels[i], labels[j]), labels)
        clusterings.append(labels)
    return clusterings[::-1]


def _basis(
    matrix: Array, eigenvalues: Array, labels: Array, tolerance: float, scale: float
) -> tuple[Array, list[Block]] | None:
    """The Jordan basis if eigenvalues of one label are equal; None if they cannot be."""
    centres = {int(label): complex(eigenvalues[labels == label].mean()) for label in set(labels.tolist())}
    columns: list[Array] = []
    blocks: list[Block] = []
    start = 0
    for label, centre in sorted(centres.items(), key=lambda item: _place_of(item[1], scale)):
        width = 1 if abs(centre.imag) <= tolerance * scale else 2
        if width == 2 and centre.imag < 0:
            continue
        chains = _cluster_chains(matrix, eigenvalues, labels, label, width, tolerance, scale)
        if chains is None:
            return None
        eigenvalue, found = chains
        for chain in found:
            blocks.append(Block(start, eigenvalue, chain.shape[1], width))
            start += width * chain.shape[1]
            paired = np.stack([np.real(chain), np.imag(chain)], 2).reshape(len(chain), -1)
            columns.append(paired if width == 2 else np.real(chain))
    return (np.concatenate(columns, 1), blocks) if start == len(matrix) else None


def _place_of(eigenvalue: complex, scale: float) -> tuple[float, float]:
    """Slow modes first; the same order on every machine."""
    return (-round(abs(eigenvalue) / scale, 6), round(float(np.angle(eigenvalue)), 6))


def _cluster_chains(
    matrix: Array, eigenvalues: Array, labels: Array, label: int, width: int, tolerance: float, scale: float
) -> tuple[complex, list[Array]] | None:
    """The eigenvalue of a cluster, and its chains (size, length) of generalised eigenvectors, longest first."""
    count = int((labels == label).sum())
    try:
        inside = lambda z: labels[np.argmin(np.abs(eigenvalues - z))] == label  # noqa: E731
        _, vectors, found = schur(matrix, "complex", sort=inside)  # type: ignore[misc]
    except np.linalg.LinAlgError:
        return None
    if found != count:
        return None
    space = vectors[:, :count]
    if width == 1:  # the invariant subspace of a real eigenvalue has a real basis
        space = np.linalg.svd(np.concatenate([np.real(space), np.imag(space)], 1))[0][:, :count]
    restricted = space.conj().T @ matrix @ space
    eigenvalue = complex(np.trace(restricted)) / count
    chains = _chains(restricted - (eigenvalue if width == 2 else eigenvalue.real) * np.eye(count), tolerance, scale)
    return None if chains is None else (eigenvalue, [space @ chain for chain in chains])


def _chains(nilpotent: Array, tolerance: float, scale: float) -> list[Array] | None:
    """Chains N^(k-1) v, ..., N v, v that together are a basis, longest first; None where N is not nilpotent.

    Heads v of chains of length k are taken from the kernel of N^k, away from that of N^(k-1) and from longer chains.
    """
    size = len(nilpotent)
    powers, kernels = [np.eye(size, dtype=nilpotent.dtype)], [np.zeros((size, 0))]
    for k in range(1, size + 1):
        powers.append(powers[-1] @ nilpotent)
        _, values, axes = np.linalg.svd(powers[k])
        kernels.append(axes[values <= tolerance * scale**k].conj().T)
    chains: list[Array] = []
    for k in range(size, 0, -1):
        known = np.concatenate([kernels[k - 1], *(chain[:, k - 1 : k] for chain in chains)], 1)
        count = kernels[k].shape[1] - known.shape[1]
        if count <= 0:
            continue
        span = np.linalg.qr(known)[0]
        heads = np.linalg.svd(kernels[k] - span @ (span.conj().T @ kernels[k]))[0][:, :count]
        for head in heads.T:
            chain = np.stack([powers[k - 1 - level] @ head for level in range(k)], 1)
            chains.append(chain / np.sqrt(np.linalg.norm(chain[:, 0]) * np.linalg.norm(chain[:, -1]) + 1e-300))
    return chains if sum(chain.shape[1] for chain in chains) == size else None
