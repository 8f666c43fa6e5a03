"""Subjects: what is opened. Data, equations and models, each with a fingerprint and a sentence on how to make one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar


class Subject(ABC):
    """What a method opens. It never changes: two subjects with one fingerprint are the same to every method."""

    made_by: ClassVar[str]
    """How to make one, as words for an error message: "Samples(X, y)" or "read_samples(path)"."""

    @abstractmethod
    def fingerprint(self) -> str:
        """SHA-256 of all that a method may see of the subject."""
