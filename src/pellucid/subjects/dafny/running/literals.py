"""Numbers, characters, strings and words that are values, as Dafny writes them."""

from __future__ import annotations

from fractions import Fraction

from .values import NotRun


def number(text: str) -> int | Fraction:
    """A number as Dafny writes it.

    >>> number("1_000"), number("0x1F"), number("2.5")
    (1000, 31, Fraction(5, 2))
    """
    plain = text.replace("_", "")
    return Fraction(plain) if "." in plain else int(plain, 0) if plain.startswith("0x") else int(plain)


def characters(text: str) -> tuple[str, ...]:
    """The characters of a string or a character with its quotes.

    >>> characters('"a\\\\n"')
    ('a', '\\n')
    """
    if text.startswith("@"):
        raise NotRun("a verbatim string")
    plain, found, k = text[1:-1], [], 0
    escapes = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
    while k < len(plain):
        if plain[k] != "\\":
            found.append(plain[k])
        elif plain[k + 1] == "u":
            found.append(chr(int(plain[k + 2 : k + 6], 16)))
            k += 5
        else:
            k += 1
            found.append(escapes.get(plain[k], plain[k]))
        k += 1
    return tuple(found)


def literal(word: str) -> bool | None:
    """true, false, null; nothing is known of `this`.

    >>> literal("true"), literal("null")
    (True, None)
    """
    known = {"true": True, "false": False, "null": None}
    if word not in known:
        raise NotRun(word)
    return known[word]
