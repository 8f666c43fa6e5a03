"""Which column of a table plays which part, by the words in its name; between two candidates nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..tables.columns import listed


@dataclass(frozen=True)
class Role:
    """A part that a column may play: `tiers` of patterns for its whole name, the surest first."""

    name: str
    flag: str
    """The option by which a person says which column it is."""
    tiers: tuple[str, ...]


def plain_name(header: str) -> str:
    """A header in small letters, words parted by one underscore.

    >>> plain_name("Model Size"), plain_name("val/Loss (nats)"), plain_name("trainLoss")
    ('model_size', 'val_loss_nats', 'train_loss')
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", header)
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")


def guess_column(headers: Sequence[str], role: Role) -> str | None:
    """The only header that fits the surest tier that any fits; None where none does.

    Raises ValueError that lists them where several do.

    >>> guess_column(["step", "Train Loss"], Role("loss", "--loss", ("loss", ".*loss.*")))
    'Train Loss'
    """
    for tier in role.tiers:
        found = [header for header in headers if re.fullmatch(tier, plain_name(header))]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(f"the {role.name} may be any of {listed(found)}; say which with {role.flag}")
    return None


def find_header(headers: Sequence[str], role: Role, said: str | None, *, needed: bool = False) -> str | None:
    """The header that a person `said`, or that its name tells; None where there is none and none is `needed`.

    Raises ValueError where what was said is no column, where several fit, and where a needed one is missing.
    """
    if said is not None:
        near = [header for header in headers if plain_name(header) == plain_name(said)]
        if said in headers or len(near) == 1:
            return said if said in headers else near[0]
        raise ValueError(f"{role.flag} {said!r} is no column; choose among {listed(list(headers))}")
    found = guess_column(headers, role)
    if found is None and needed:
        raise ValueError(f"no column tells the {role.name} among {listed(list(headers))}; say which with {role.flag}")
    return found
