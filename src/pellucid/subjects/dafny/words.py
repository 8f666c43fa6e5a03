"""Going through the words of a Dafny text one by one: what stands next, brackets, attributes, types."""

from __future__ import annotations

from .syntax import Node
from .tokens import Token, UnreadableDafny, line_of


class WordReader:
    """A place `at` in a list of words. Raises `UnreadableDafny` where something else than expected stands there."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        """The text of a word to come; strings and characters are no keywords."""
        token = self.tokens[min(self.at + ahead, len(self.tokens) - 1)]
        return token.text if token.kind not in ("string", "char") else ""

    def take(self, text: str | None = None) -> Token:
        """The next word, which has to be `text` where one is given."""
        token = self.tokens[self.at]
        if token.kind == "end" or (text is not None and token.text != text):
            self.fail(f"{text!r} was expected" if text else "more was expected")
        self.at += 1
        return token

    def skip(self, text: str) -> bool:
        """Whether the next word is `text`; it is taken then."""
        if self.peek() != text:
            return False
        self.at += 1
        return True

    def fail(self, why: str) -> None:
        """Raises `UnreadableDafny` about the next word."""
        token = self.tokens[min(self.at, len(self.tokens) - 1)]
        raise UnreadableDafny(f"line {line_of(self.text, token.start)}: {why}, not {token.text[:30]!r}")

    def node(self, kind: str, word: str, parts: tuple[Node, ...], first: int) -> Node:
        """A node over the words from `first` to here."""
        return Node(kind, word, parts, first, self.at)

    def attributes(self) -> None:
        """Skips every `{:name ...}` that stands here."""
        while self.peek() == "{" and self.peek(1) == ":":
            while not self.skip("}"):
                self.take()

    def type_text(self) -> str:
        """A type, as it is written: `seq<int>`, `array?<T>`, `(int, bool)`, `int -> bool`."""
        first = self.tokens[self.at].start
        if self.peek() == "(":
            self.balanced("(", ")")
        else:
            self.take()
            while self.skip("."):
                self.take()
            self.type_arguments()
        if self.peek() in ("->", "-->", "~>"):
            self.at += 1
            self.type_text()
        return self.text[first : self.tokens[self.at - 1].end]

    def balanced(self, opening: str, closing: str) -> None:
        """Skips from an opening bracket to the one that closes it."""
        depth = 0
        while True:
            depth += {opening: 1, closing: -1}.get(self.take().text, 0)
            if depth == 0:
                return

    def type_arguments(self) -> None:
        """Skips `<int, seq<T>>` where what stands there can only be types; a comparison is left alone."""
        if self.peek() != "<":
            return
        at, depth = self.at, 0
        while at < len(self.tokens):
            text, kind = self.tokens[at].text, self.tokens[at].kind
            depth += {"<": 1, ">": -1, ">>": -2}.get(text, 0)
            if kind != "name" and text not in ("<", ">", ">>", ",", "(", ")", "->", ".", "==", "!"):
                return
            at += 1
            if depth <= 0:
                break
        contract = ("returns", "requires", "ensures", "reads", "modifies", "decreases")
        after_types = ("(", ")", ",", ";", "{", "}", ":=", ">", "=", "[", "|", "::", ":", "", *contract)
        if at < len(self.tokens) and self.tokens[at].text in after_types:  # which follow no comparison
            self.at = at
