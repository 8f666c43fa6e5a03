"""Contracts of Python functions, written as comments: `# requires: n >= 0`, `# ensures: result > n`, `# invariant:`."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass

from .kinds import NotTranslated

_CLAUSE = re.compile(r"#\s*(requires|ensures|invariant|decreases)\b\s*:?\s*(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Clause:
    """One clause: `word` is requires, ensures, invariant or decreases; what it says is a Python expression."""

    line: int
    word: str
    said: ast.expr

    @property
    def text(self) -> str:
        """As it is written in Python."""
        return ast.unparse(self.said)


def clauses_in(source: str) -> list[Clause]:
    """The clauses of a text, in order. Raises NotTranslated where one is no Python expression.

    >>> [(clause.word, clause.text) for clause in clauses_in("# requires: n>=0\\n# a remark\\n")]
    [('requires', 'n >= 0')]
    """
    try:
        comments = [t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == tokenize.COMMENT]
    except (tokenize.TokenError, IndentationError) as error:
        raise NotTranslated(0, f"it is not Python ({error}); correct the file") from None
    found = [(token.start[0], match) for token in comments if (match := _CLAUSE.match(token.string))]
    return [Clause(line, match[1].lower(), _expression(match[1], match[2], line)) for line, match in found]


def _expression(word: str, text: str, line: int) -> ast.expr:
    try:
        said = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise NotTranslated(
            line, f"'# {word}: {text}' is no Python expression; write one, or begin otherwise"
        ) from None
    return _at_line(said, line)


def _at_line(said: ast.expr, line: int) -> ast.expr:
    for node in ast.walk(said):
        if isinstance(node, ast.expr | ast.arg | ast.keyword):
            node.lineno = node.end_lineno = line
    return said
