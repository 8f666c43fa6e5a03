"""Sharing rows out among threads: while it computes, a compiled function leaves Python to the others."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import torch


def in_parts(part: Callable[[int, int], None], rows: int, least: int) -> None:
    """`part(begin, end)` over all rows, each thread of torch's a range of at least `least` of them.

    >>> in_parts(lambda begin, end: print(begin, end), 10, 10)
    0 10
    """
    threads = max(1, min(torch.get_num_threads(), rows // least))
    if threads == 1:
        part(0, rows)
        return
    borders = [rows * number // threads for number in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(part, borders[:-1], borders[1:]))
