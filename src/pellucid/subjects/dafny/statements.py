"""Reading Dafny's statements: declarations of variables, assignments, loops, branches (reference manual, section 8)."""

from __future__ import annotations

from collections.abc import Callable

from .expressions import ExpressionReader
from .syntax import Clause, Loop, Node


class StatementReader(ExpressionReader):
    """Reads blocks of statements; every loop that it meets stands in `loops`."""

    def __init__(self, text: str, tokens: list) -> None:
        super().__init__(text, tokens)
        self.loops: list[Loop] = []
        self.ghost: list[tuple[int, int]] = []
        """Words [first, last) that only help the verifier: asserts, calculations, proofs."""

    def block(self) -> Node:
        """`{ statements }`."""
        first = self.at
        self.take("{")
        parts = []
        while not self.skip("}"):
            parts.append(self.statement())
        return self.node("block", "", tuple(parts), first)

    def statement(self) -> Node:
        """One statement, with the semicolon that ends it."""
        readers: dict[str, Callable[[], Node]] = {
            "{": self.block,
            "var": self._variables,
            "if": self._branch,
            "while": self._while,
            "for": self._for,
            "assert": self._assert,
            "assume": lambda: self._until_semicolon("assume"),
            "calc": self._proof,
            "forall": self._for_all,
            "match": self._match_statement,
            "print": lambda: self._values("print"),
            "return": self._return,
            "yield": self._return,
            "break": lambda: self._until_semicolon("break"),
            "continue": lambda: self._until_semicolon("break"),
            "label": self._labelled,
            "reveal": lambda: self._until_semicolon("other"),
            "modify": lambda: self._until_semicolon("other"),
            "new": lambda: self._until_semicolon("other"),
        }
        if self.peek() == "ghost" and self.peek(1) == "var":
            self.at += 1
        if self.peek() == ";":
            return self._until_semicolon("other")
        reader = readers.get(self.peek())
        return reader() if reader is not None else self._assignment()

    def clauses(self) -> tuple[Clause, ...]:
        """The clauses that stand here, in order."""
        starts = ("requires", "ensures", "modifies", "reads", "decreases", "invariant")
        found = []
        while self.peek() in starts or (self.peek() == "free" and self.peek(1) in starts):
            first = self.at
            free = self.skip("free")
            word = f"free {self.take().text}" if free else self.take().text
            self.attributes()
            self._label()
            parts = [self._framed()]
            while self.skip(","):
                parts.append(self._framed())
            self.skip(";")
            found.append(Clause(word, tuple(parts), first, self.at))
        return tuple(found)

    def _label(self) -> None:
        """Skips the name that a clause or an assertion may have: `assert small: i < n;`."""
        if self.tokens[self.at].kind == "name" and self.peek(1) == ":" and self.peek(2) != ":":
            self.at += 2

    def _framed(self) -> Node:
        """An expression of a clause; `*` is one, too."""
        first = self.at
        return self.node("other", "*", (), first) if self.skip("*") else self.expression()

    def _until_semicolon(self, kind: str) -> Node:
        first = self.at
        while not self.skip(";"):
            self.take()
        return self.node(kind, "", (), first)

    def _labelled(self) -> Node:
        while not self.skip(":"):
            self.take()
        return self.statement()

    def _values(self, word: str) -> Node:
        first = self.at
        self.take(word)
        parts = [] if self.peek() == ";" else [self.value()]
        while self.skip(","):
            parts.append(self.value())
        self.take(";")
        return self.node(word, "", tuple(parts), first)

    def _return(self) -> Node:
        return self._values(self.peek())

    def value(self) -> Node:
        """What may stand to the right of `:=`: an expression, `*`, or `new ...`."""
        first = self.at
        if self.skip("*"):
            return self.node("other", "*", (), first)
        if not self.skip("new"):
            return self.expression()
        self.type_text() if self.peek() != "[" else None
        parts: tuple[Node, ...] = ()
        word = ""
        if self.peek() == "[":
            parts, word = self._list("[", "]"), "[]"
            if self.peek() in ("[", "("):
                parts += self._list(self.peek(), "]" if self.peek() == "[" else ")")
        elif self.peek() == "(":
            parts = self._list("(", ")")
        return self.node("new", word, parts, first)

    def _variables(self) -> Node:
        """`var x: int, y := e, f;`: parts are the names (word: name, a part: the type's text), then the values."""
        first = self.at
        self.take("var")
        if self.peek() == "(" or (self.tokens[self.at].kind == "name" and self.peek(1) == "("):
            return self._pattern(first)
        names = []
        while True:
            here, name = self.at, self.take().text
            kind = self.type_text() if self.skip(":") else ""
            names.append(Node("variable", name, (Node("type", kind, (), here, self.at),), here, self.at))
            if not self.skip(","):
                break
        return self._assigned("var", names, first)

    def _pattern(self, first: int) -> Node:
        while not self.skip(":="):
            self.take()
        self.value()
        self.take(";")
        return self.node("other", "pattern", (), first)

    def _assigned(self, kind: str, targets: list[Node], first: int) -> Node:
        """The rest of `targets := values;` (or `:| condition;`, or nothing): parts are targets, then values."""
        operator, values = "", []
        if self.peek() in (":=", ":|", ":-"):
            operator = self.take().text
            self.skip("assume")
            values.append(self.value())
            while self.skip(","):
                values.append(self.value())
        if self.peek() == "by":
            self.at += 1
            self._ghostly(self.block)
        else:
            self.take(";")
        return Node(kind, f"{len(targets)}{operator}", (*targets, *values), first, self.at)

    def _assignment(self) -> Node:
        first = self.at
        targets = [self.expression()]
        while self.skip(","):
            targets.append(self.expression())
        if self.peek() in (";", "by") and len(targets) == 1 and targets[0].kind == "call":
            self._assigned("call", targets, first)
            return self.node("call", "", (targets[0],), first)
        return self._assigned("assign", targets, first)

    def _branch(self) -> Node:
        """`if c { } else { }`: parts are condition and blocks; `if { case ... }` is of kind "other"."""
        first = self.at
        self.take("if")
        if self.peek() == "{" or self.peek() == "case":
            return self._alternatives(first)
        if self._anything():
            condition = self.node("other", "*", (), first)
        elif self.tokens[self.at].kind == "name" and self.peek(1) in (":", ":|"):
            while not self.skip(":|"):
                self.take()
            condition = self.expression()
        else:
            condition = self.expression()
        parts = [condition, self.block()]
        if self.skip("else"):
            parts.append(self._branch() if self.peek() == "if" else self.block())
        return self.node("if", "", tuple(parts), first)

    def _anything(self) -> bool:
        """Whether the condition is `*` or `(*)`: either way may be taken."""
        if self.peek() == "(" and self.peek(1) == "*" and self.peek(2) == ")":
            self.at += 3
            return True
        return self.skip("*")

    def _guard_of_case(self) -> list[Node]:
        self.arrow_ends = True
        condition = self.expression()
        self.arrow_ends = False
        self.take("=>")
        return [condition]

    def _statements_of_case(self) -> list[Node]:
        found = []
        while self.peek() not in ("case", "}"):
            found.append(self.statement())
        return found

    def _alternatives(self, first: int) -> Node:
        return self.node(
            "other", "alternatives", tuple(self.cases(self._guard_of_case, self._statements_of_case)), first
        )

    def _match_statement(self) -> Node:
        first = self.at
        self.take("match")
        scrutinee = self.expression()
        parts = self.cases(self._pattern_of_case, self._statements_of_case)
        return self.node("other", "match", (scrutinee, *parts), first)

    def _while(self) -> Node:
        first = self.at
        self.take("while")
        guard = None
        alternatives = self.peek() in ("{", "case", "invariant", "decreases")
        if not self._anything() and not alternatives:
            guard = self.expression()
        clauses = self.clauses()
        return self._looped(first, guard, clauses, alternatives)

    def _for(self) -> Node:
        first = self.at
        self.take("for")
        self.take()
        if self.skip(":"):
            self.type_text()
        self.take(":=")
        self.expression()
        if self.peek() not in ("to", "downto"):
            self.fail("'to' was expected")
        self.at += 1
        if not self.skip("*"):
            self.expression()
        return self._looped(first, None, self.clauses(), False)

    def _looped(self, first: int, guard: Node | None, clauses: tuple[Clause, ...], alternatives: bool) -> Node:
        begin = self.tokens[self.at - 1].end
        number = len(self.loops)
        self.loops.append(Loop(guard, clauses, Node("none", "", (), self.at, self.at), begin, first, first))
        body = self._alternatives(self.at) if alternatives else self.block()
        self.loops[number] = Loop(guard, clauses, body, begin, first, self.at)
        return self.node("while", str(number), (*([guard] if guard else []), body), first)

    def _assert(self) -> Node:
        return self._ghostly(self._asserted)

    def _asserted(self) -> Node:
        first = self.at
        self.take("assert")
        self.attributes()
        self._label()
        parts = (self.expression(),)
        if self.skip("by"):
            self.block()
        else:
            self.take(";")
        return self.node("assert", "", parts, first)

    def _proof(self) -> Node:
        """`calc { }`: for the verifier alone."""
        return self._ghostly(self._calculated)

    def _calculated(self) -> Node:
        """The lines of a calculation, with the relations and proofs between them."""
        relations = ("==", "!=", "<", "<=", ">", ">=", "==>", "<==", "<==>")
        first = self.at
        self.take("calc")
        self.attributes()
        if self.peek() in relations:
            self.take()
        self.take("{")
        parts = []
        while not self.skip("}"):
            if self.peek() == "{":
                parts.append(self.block())
            elif self.peek() == "calc":
                parts.append(self._calculated())
            elif self.peek() in relations:
                self.take()
            else:
                parts.append(self.expression())
                self.take(";")
        return self.node("other", "calc", tuple(parts), first)

    def _for_all(self) -> Node:
        """`forall i | ... { a[i] := e; }` assigns; `forall ... ensures ... { }` is a proof, and holds no `:=`.

        One without a body is believed by Dafny, and not read here.
        """
        first = self.at
        self.take("forall")
        closes = self.skip("(")
        if self.peek() not in (")", "ensures", "{"):
            self.bound_names()
        if self.skip("|"):
            self.expression()
        if closes:
            self.take(")")
        said = self.clauses()
        self.block()
        proves = all(clause.word == "ensures" for clause in said)
        if proves and all(token.text != ":=" for token in self.tokens[first : self.at]):
            self.ghost.append((first, self.at))
        return self.node("other", "forall", (), first)

    def _ghostly(self, read: Callable[[], Node]) -> Node:
        first = self.at
        found = read()
        self.ghost.append((first, self.at))
        return found
