"""Protocol-buffer messages field by field, without a schema: what event files and wandb's logs are made of."""

from __future__ import annotations

from collections.abc import Iterator


def varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that starts at `at`, seven bits a byte, and where the next thing starts. Raises IndexError at the end.

    >>> varint(bytes([0xAC, 0x02]), 0)
    (300, 2)
    """
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(number, value) of each field: an integer, or the bytes of a string, a message, or a float.

    Raises ValueError where the message is damaged.

    >>> list(fields(bytes([0x08, 0x05, 0x12, 0x02]) + b"ab"))
    [(1, 5), (2, b'ab')]
    """
    at = 0
    try:
        while at < len(data):
            key, at = varint(data, at)
            kind = key & 7
            if kind == 0:
                value, at = varint(data, at)
                yield key >> 3, value
                continue
            size = {1: 8, 5: 4}.get(kind)
            if kind == 2:
                size, at = varint(data, at)
            if size is None or at + size > len(data):
                raise ValueError(f"a record is damaged (wire type {kind})")
            yield key >> 3, data[at : at + size]
            at += size
    except IndexError:
        raise ValueError("a record is damaged (a number has no end)") from None
