"""The words of a Dafny text, with where they stand; comments and white space are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Token:
    """One word: its kind (name, number, string, char, symbol or end), its text and the characters that it covers."""

    kind: str
    text: str
    start: int
    end: int


class UnreadableDafny(ValueError):
    """A text that is no Dafny, or Dafny that is not understood here; says at which line."""


def tokens_of(text: str) -> list[Token]:
    """The words of `text` in order, and one of kind "end". Raises `UnreadableDafny`.

    >>> [token.text for token in tokens_of("while i < |s| // up\\n{ i := i + 1; }")]
    ['while', 'i', '<', '|', 's', '|', '{', 'i', ':=', 'i', '+', '1', ';', '}', '']
    """
    if directive := re.search(r"^[^\S\n]*#(?:if|elsif|else|endif)\b", re.sub(r"\r\n?", "\n", text), re.MULTILINE):
        at = directive.start()  # Dafny leaves lines out by it, wherever they stand
        raise UnreadableDafny(f"line {line_of(text, at)}: {directive[0].strip()!r} is a directive, which is not read")
    pattern, found, at = _any_token(), [], 0
    while at < len(text):
        if text.startswith("/*", at):
            at = _after_comment(text, at)
            continue
        match = pattern.match(text, at)
        if match is None:
            raise UnreadableDafny(f"line {line_of(text, at)}: {text[at : at + 20]!r} is no Dafny")
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match[0], at, match.end()))
        at = match.end()
    return [*found, Token("end", "", len(text), len(text))]


def _after_comment(text: str, first: int) -> int:
    """Behind the comment that starts there; comments nest (reference manual, section 2.4)."""
    depth, at = 0, first
    while True:
        mark = re.compile(r"/\*|\*/").search(text, at)
        if mark is None:
            raise UnreadableDafny(f"line {line_of(text, first)}: a comment has no end")
        depth += 1 if mark[0] == "/*" else -1
        at = mark.end()
        if depth == 0:
            return at


@cache
def _any_token() -> re.Pattern[str]:
    """One word or what stands between words; of symbols, the longest that fits."""
    symbols = (
        "<==> ==> <== :| :: := == != <= >= && || .. !! => -> ~> --> << >> "
        "( ) [ ] { } < > ; : , . + - * / % ! | & ^ # = ? @ `"
    )
    longest_first = sorted(symbols.split(), key=len, reverse=True)
    return re.compile(
        r"(?P<space>[\s\ufeff]+|//[^\n\r]*)"
        r"|(?P<string>\"(?:\\.|[^\"\\\n])*\"|@\"[^\"]*\")"
        r"|(?P<char>'(?:\\u[0-9a-fA-F]{4}|\\.|[^'\\\n])')"
        r"|(?P<number>0x[0-9a-fA-F_]+|\d[\d_]*(?:\.\d+)?)"
        r"|(?P<name>[A-Za-z_][\w'?]*)"
        rf"|(?P<symbol>{'|'.join(map(re.escape, longest_first))})"
    )


def line_of(text: str, at: int) -> int:
    """The number of the line, from 1, in which a character stands.

    >>> line_of("a\\nb", 2)
    2
    """
    return text.count("\n", 0, at) + 1
