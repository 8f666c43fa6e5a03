"""What Dafny said of a text: errors with their lines, and what ran out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..programs.dafny_run import ran_out


@dataclass(frozen=True)
class Message:
    """One complaint, at a line and a column from 1 on; line 0 where it is about no place."""

    line: int
    text: str
    column: int = 1

    @property
    def ran_out(self) -> bool:
        """Whether it says that time or resources were spent rather than that something does not hold."""
        return ran_out(self.text)


@dataclass(frozen=True)
class DafnyOutput:
    """The messages in order. `verified`: all was proved. `unreadable`: the text does not resolve, or Dafny failed."""

    messages: tuple[Message, ...]
    verified: bool
    unreadable: bool
    text: str


def read_output(code: int | None, output: str) -> DafnyOutput:
    """What Dafny printed.

    >>> read_output(4, "a.dfy(3,14): Error BP5005: This loop invariant might not be maintained.").messages
    (Message(line=3, text='This loop invariant might not be maintained.', column=14),)
    """
    pattern = r"^[^\n(]*\((\d+),(\d+)\): ((?:Error|error|Verification|Timed|Out of)[^\n]*)"
    found = re.findall(pattern, output, re.MULTILINE)
    messages = tuple(
        Message(int(line), re.sub(r"^[Ee]rror(?: BP\d+)?: ", "", words), int(column)) for line, column, words in found
    )
    finished = re.search(r"finished with (\d+) verified, (\d+) errors?", output)
    if code is None:
        return DafnyOutput((*messages, Message(0, "Dafny was stopped: time ran out")), False, False, output)
    clean = finished is not None and finished[2] == "0" and not messages and not ran_out(output)
    return DafnyOutput(messages, clean and code == 0, finished is None, output)
