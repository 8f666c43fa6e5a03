"""Reading Dafny's expressions by precedence climbing (Dafny reference manual, section 9)."""

from __future__ import annotations

from collections.abc import Callable

from .syntax import Node
from .tokens import Token
from .words import WordReader

_LEVELS: tuple[tuple[str, ...], ...] = (
    ("<==>",),
    ("==>", "<=="),
    ("||", "&&"),
    ("==", "!=", "<", "<=", ">", ">=", "in", "!in", "!!"),
    ("<<", ">>"),
    ("+", "-"),
    ("*", "/", "%"),
    ("|", "&", "^"),
    ("as", "is"),
)
"""Binary operators from the loosest to the tightest."""


class ExpressionReader(WordReader):
    """Reads expressions from a list of words; `at` is the next word. Raises `UnreadableDafny`."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        super().__init__(text, tokens)
        self.bar_closes = 0  # inside |...| a bar ends, and is no operator
        self.arrow_ends = False  # after `case` an arrow ends the condition, and makes no function

    def expression(self, level: int = 0) -> Node:
        """One expression with operators of `level` or tighter ones."""
        if level == len(_LEVELS):
            return self.unary()
        if _LEVELS[level][0] == "==":
            return self._comparison(level)
        first = self.at
        if _LEVELS[level][0] == "||" and self.peek() in ("&&", "||"):
            self.at += 1  # an operator before the first part, for the sake of the layout
        left = self.expression(level + 1)
        while (operator := self._operator(level)) is not None:
            if operator in ("as", "is"):
                left = self.node("unary", operator, (left, self._type()), first)
            else:
                right = self.expression(level if operator == "==>" else level + 1)  # ==> groups to the right
                left = self.node("binary", operator, (left, right), first)
        return left

    def _operator(self, level: int) -> str | None:
        """The next word where it is an operator of `level`; it is taken then."""
        word = self.peek()
        if word not in _LEVELS[level] or (word == "|" and self.bar_closes):
            return None
        self.at += 1
        return word

    def _comparison(self, level: int) -> Node:
        """`a`, `a < b`, or a chain `a <= b < c` whose word is its operators, separated by blanks."""
        first = self.at
        parts, operators = [self.expression(level + 1)], []
        while (operator := self._comparator(level)) is not None:
            operators.append(operator)
            parts.append(self.expression(level + 1))
        if not operators:
            return parts[0]
        kind = "binary" if len(operators) == 1 else "chain"
        return self.node(kind, " ".join(operators), tuple(parts), first)

    def _comparator(self, level: int) -> str | None:
        if self.peek() == "!" and self.peek(1) == "in" and self.tokens[self.at].end == self.tokens[self.at + 1].start:
            self.at += 2
            return "!in"
        return self._operator(level)

    def unary(self) -> Node:
        """`!e`, `-e`, or an expression with what follows it."""
        first = self.at
        if self.peek() in ("!", "-"):
            word = self.take().text
            return self.node("unary", word, (self.unary(),), first)
        return self._with_suffixes(self._primary(), first)

    def _with_suffixes(self, node: Node, first: int) -> Node:
        while True:
            if self.peek() == "." and self.tokens[self.at + 1].kind in ("name", "number"):
                self.at += 1
                node = self.node("field", self.take().text, (node,), first)
            elif self.peek() == "." and self.peek(1) == "(":
                self.at += 1
                node = self.node("other", "update", (node, *self._list("(", ")")), first)
            elif self.peek() == "(":
                node = self.node("call", "", (node, *self._list("(", ")")), first)
            elif self.peek() == "[":
                node = self._bracket(node, first)
            elif self.peek() in ("#", "`"):
                self.at += 2
            else:
                return node

    def _bracket(self, node: Node, first: int) -> Node:
        """`a[i]`, `a[i, j]`, `a[i..j]`, `a[i := v]`; a bound that is left out is a node of kind "none"."""
        self.take("[")
        bars, self.bar_closes = self.bar_closes, 0
        none = Node("none", "", (), self.at, self.at)
        low = none if self.peek() == ".." else self.expression()
        if self.skip(".."):
            high = none if self.peek() == "]" else self.expression()
            kind, parts = "slice", (node, low, high)
        elif self.skip(":="):
            kind, parts = "update", (node, low, self.expression())
        else:
            more = [low]
            while self.skip(","):
                more.append(self.expression())
            kind, parts = "index", (node, *more)
        self.take("]")
        self.bar_closes = bars
        return self.node(kind, "", parts, first)

    def _list(self, opening: str, closing: str) -> tuple[Node, ...]:
        """Expressions between brackets, separated by commas; `name := value` and `name: value` give the value."""
        self.take(opening)
        bars, self.bar_closes, found = self.bar_closes, 0, []
        while not self.skip(closing):
            found.append(self.expression())
            if self.skip(":=") or (closing == "]" and self.skip(":")):
                found.append(self.expression())
            if self.peek() != closing:
                self.take(",")
        self.bar_closes = bars
        return tuple(found)

    def _primary(self) -> Node:
        token, first = self.tokens[self.at], self.at
        if token.kind in ("number", "string", "char"):
            self.at += 1
            return self.node(token.kind, token.text, (), first)
        special = self._special(token)
        if special is not None:
            return special()
        if token.kind == "name" and self._starts_function():
            self._function_clauses(self.at + 1)
            return self.node("other", "lambda", (self.expression(),), first)
        if token.kind == "name":
            self.at += 1
            self.type_arguments()
            return self.node("name", token.text, (), first)
        self.fail("an expression was expected")
        raise AssertionError

    def _special(self, token: Token) -> Callable[[], Node] | None:
        """How an expression that starts with a keyword or a bracket is read."""
        readers: dict[str, Callable[[], Node]] = {
            "(": self._parenthesis,
            "|": self._cardinality,
            "[": lambda: self._collection("sequence", "[", "]"),
            "{": lambda: self._collection("set", "{", "}"),
            "if": self._conditional,
            "var": self._let,
            "match": self._match,
            "old": lambda: self._function("old"),
            "multiset": self._multiset,
            "fresh": lambda: self._function("fresh"),
            "assert": self._stated,
            "calc": self._calculation,
        }
        readers |= dict.fromkeys(("forall", "exists"), self._quantifier)
        readers |= dict.fromkeys(("set", "iset", "map", "imap"), self._comprehension)
        readers |= dict.fromkeys(("true", "false", "null", "this"), self._literal)
        return readers.get(token.text) if token.kind in ("name", "symbol") else None

    def _literal(self) -> Node:
        first = self.at
        return self.node("literal", self.take().text, (), first)

    def _function(self, word: str) -> Node:
        first = self.at
        self.take(word)
        return self.node(word, word, self._list("(", ")"), first)

    def _parenthesis(self) -> Node:
        """`(e)` is e itself, with the brackets among its words; a tuple or a lambda is of kind "other"."""
        first = self.at
        if (after := self._lambda()) is not None:
            return after
        parts = self._list("(", ")")
        if len(parts) != 1:
            return self.node("other", "tuple", parts, first)
        inner = parts[0]
        return self.node(inner.kind, inner.word, inner.parts, first)

    def _lambda(self) -> Node | None:
        """`(x: int) => e`; None where no arrow follows the closing bracket."""
        first, depth, at = self.at, 0, self.at
        while at < len(self.tokens):
            depth += {"(": 1, ")": -1}.get(self.tokens[at].text, 0)
            at += 1
            if depth == 0:
                break
        if at >= len(self.tokens) or not self._function_clauses(at):
            return None
        return self.node("other", "lambda", (self.expression(),), first)

    def _starts_function(self) -> bool:
        """Whether a name is followed by `=>`, perhaps after a contract."""
        return self.peek(1) == "=>" and not self.arrow_ends

    def _function_clauses(self, at: int) -> bool:
        """Goes behind the arrow of a function that starts with what stands before `at`; False where there is none."""
        begin, self.at = self.at, at
        while self.peek() in ("requires", "reads"):
            self.at += 1
            self.arrow_ends, before = True, self.arrow_ends
            self.expression()
            self.arrow_ends = before
        if self.skip("=>"):
            return True
        self.at = begin
        return False

    def _cardinality(self) -> Node:
        first = self.at
        self.take("|")
        self.bar_closes += 1
        inner = self.expression()
        self.bar_closes -= 1
        self.take("|")
        return self.node("cardinality", "", (inner,), first)

    def _collection(self, kind: str, opening: str, closing: str) -> Node:
        first = self.at
        return self.node(kind, "", self._list(opening, closing), first)

    def _multiset(self) -> Node:
        first = self.at
        self.take("multiset")
        opening = self.peek()
        parts = self._list("{", "}") if opening == "{" else self._list("(", ")")
        return self.node("multiset", opening, parts, first)

    def _conditional(self) -> Node:
        first = self.at
        self.take("if")
        condition = self.expression()
        self.take("then")
        yes = self.expression()
        self.take("else")
        return self.node("if", "", (condition, yes, self.expression()), first)

    def _quantifier(self) -> Node:
        """`forall x: int, y | range :: body`: its parts are the bound names, the range (or none), the body."""
        first, word = self.at, self.take().text
        bound = self.bound_names()
        span = self.expression() if self.skip("|") else Node("none", "", (), self.at, self.at)
        self.take("::")
        return self.node("quantifier", word, (*bound, span, self.expression()), first)

    def _type(self) -> Node:
        first, text = self.at, self.type_text()
        return self.node("type", text, (), first)

    def bound_names(self) -> list[Node]:
        """Each with its type as a part, of no word where none is written."""
        found = []
        while True:
            first = self.at
            name = self.take().text
            kind = self._type() if self.skip(":") else Node("type", "", (), self.at, self.at)
            found.append(Node("name", name, (kind,), first, first + 1))
            self.attributes()
            if self.skip("<") and self.skip("-"):
                self.expression(4)
            if not self.skip(","):
                break
        self.attributes()
        return found

    def _comprehension(self) -> Node:
        first, word = self.at, self.take().text
        if word in ("map", "imap") and self.peek() == "[":
            return self.node("map", word, self._list("[", "]"), first)
        if word == "iset" and self.peek() == "{":
            return self.node("set", word, self._list("{", "}"), first)
        parts: list[Node] = list(self.bound_names())
        if self.skip("|"):
            parts.append(self.expression())
        if self.skip("::"):
            parts.append(self.expression())
            if self.skip(":="):
                parts.append(self.expression())
        return self.node("comprehension", word, tuple(parts), first)

    def _let(self) -> Node:
        """`var x, y := e, f; body`: its word is the names; none where they are bound in another way."""
        first = self.at
        while not (self.skip(":=") or self.skip(":|")):
            self.take()
        words = [token.text for token in self.tokens[first + 1 : self.at - 1]]
        plain = self.tokens[self.at - 1].text == ":=" and set(words[1::2]) <= {","}
        parts = [self.expression()]
        while self.skip(","):
            parts.append(self.expression())
        self.take(";")
        return self.node("let", " ".join(words[::2]) if plain else "", (*parts, self.expression()), first)

    def _match(self) -> Node:
        first = self.at
        self.take("match")
        scrutinee = self.expression()
        return self.node("other", "match", (scrutinee, *self.cases(self._pattern_of_case, self._value_of_case)), first)

    def cases(self, head: Callable[[], list[Node]], body: Callable[[], list[Node]]) -> list[Node]:
        """`case head => body` for each case, in braces or without; `head` reads up to behind the arrow."""
        braces, parts = self.skip("{"), []
        while self.skip("case"):
            parts += head()
            parts += body()
        if braces:
            self.take("}")
        return parts

    def _pattern_of_case(self) -> list[Node]:
        while not self.skip("=>"):
            self.take()
        return []

    def _value_of_case(self) -> list[Node]:
        return [self.expression()]

    def _stated(self) -> Node:
        first = self.at
        self.take("assert")
        parts = [self.expression()]
        if self.peek() == "by":
            self.fail("a proof inside an expression is not read")
        self.take(";")
        return self.node("let", "assert", (*parts, self.expression()), first)

    def _calculation(self) -> Node:
        self.fail("a calculation inside an expression is not read")
        raise AssertionError
