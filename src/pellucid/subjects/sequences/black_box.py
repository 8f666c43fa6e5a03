"""Black boxes: any sequence model that answers queries, and shows nothing else.

A causal transformer, a program of `torch.export`, a service behind a network: whatever gives an integer output for each
prefix of a sequence. What has been answered is kept by prefix, so that nothing is asked twice, and every answer to a
prefix is compared with the answer it got before.

Cost: one query for each sequence that is no prefix of one asked before; O(length) look-ups a sequence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

import numpy as np
from jaxtyping import Bool, Int, Num
from numpy.typing import NDArray

from ...core.subject import Subject
from .alphabet import Alphabet
from .recurrence import Recurrence, largest_output, positive_output, round_outputs

__all__ = ["Answer", "BlackBox", "Contradiction", "Ledger", "black_box_of", "module_black_box"]

Answer = Callable[[NDArray[np.int64]], NDArray[Any]]
"""`answer(inputs (sequences, time, width)) -> integer outputs (sequences, time, outputs)`, one for each prefix."""


class Contradiction(ValueError):
    """The model answered the same prefix differently; the message says whether chance or what follows decided."""


@dataclass
class Ledger:
    """What was asked so far: sequences and steps sent to the model, answers that came from memory, contradictions."""

    queries: int = 0
    steps: int = 0
    remembered: int = 0
    contradictions: int = 0


@dataclass(frozen=True)
class BlackBox(Subject):
    """A sequence model that only answers: outputs (sequences, time, outputs) for inputs (sequences, time, width).

    `horizon` is the longest sequence it may be asked. `batch` is how many sequences are asked at once. With `strict` a
    prefix that is answered in two ways raises `Contradiction`; without, the first answer stays and they are counted.

    When it is made, a few sequences are asked twice, and once more with another ending: 3 * 4 queries.

    Raises:
        ValueError: answers of a wrong shape, NaN, infinite or no integers; `Contradiction` for answers that change
            from call to call, or depend on what follows.

    >>> parity = BlackBox(lambda inputs: inputs.cumsum(1) % 2, Alphabet((0,), (1,)), horizon=8)
    >>> parity.ask(np.array([[[1], [1], [0], [1]]]))[0, :, 0]
    array([1, 0, 0, 1])
    >>> parity.ledger.queries, parity.ask(np.array([[[1], [1], [0]]])).shape, parity.ledger.queries
    (13, (1, 3, 1), 13)
    """

    made_by: ClassVar[str] = "BlackBox(answer, alphabet, horizon), or black_box_of(recurrence)"

    answer: Answer
    alphabet: Alphabet
    horizon: int
    source: str = "a black box"
    output_symbols: tuple[str, ...] = ()
    batch: int = 1024
    strict: bool = True
    most_remembered: int = 2_000_000
    probes: int = 4
    """So many sequences are asked three times when it is made, to see that answers do not change."""
    ledger: Ledger = field(default_factory=Ledger, init=False, compare=False, repr=False)
    _memory: dict[bytes, tuple[int, ...]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _marks: list[str] = field(default_factory=list, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("horizon", "batch"):
            if isinstance(getattr(self, name), bool) or getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)!r} is no number of {name}; give 1 or more")
        probes = self.alphabet.sample(np.random.default_rng(0), self.probes, self.horizon)
        first, again = self._sent(probes), self._sent(probes)
        if (first != again).any() and self.strict:
            raise Contradiction(
                f"{self.source} answered the same {self.probes} sequences differently when asked again; make it "
                "deterministic (evaluation mode, temperature 0, a fixed seed), or give strict=False"
            )
        other = probes.copy()
        other[:, self.horizon // 2 :] = self.alphabet.sample(np.random.default_rng(1), self.probes, self.horizon)[
            :, self.horizon // 2 :
        ]
        self._keep(probes, first)
        self._keep(other, self._sent(other))
        digest = hashlib.sha256(f"{self.alphabet}:{self.horizon}".encode() + first.tobytes())
        self._marks.append(digest.hexdigest())

    def ask(
        self, inputs: Num[np.ndarray, "sequences time width"], *, remember: bool = True
    ) -> Int[np.ndarray, "sequences time outputs"]:
        """Outputs for inputs, asked of the model only where memory does not hold them; `remember` keeps them.

        Raises ValueError for inputs of another shape, outside the alphabet, or beyond the horizon.
        """
        inputs = self._checked(inputs)
        if not remember:
            return self._sent(inputs)
        keys = self._keys(inputs)
        unknown: dict[bytes, int] = {}
        for row, key in enumerate(keys):
            if key not in self._memory:
                unknown.setdefault(key, row)
        fresh: dict[bytes, NDArray[np.int64]] = {}
        if unknown:
            asked = inputs[list(unknown.values())]
            answers = self._sent(asked)
            self._keep(asked, answers)
            fresh = dict(zip(unknown, answers, strict=True))
        self.ledger.remembered += len(keys) - len(unknown)
        steps, width = inputs.shape[1], len(keys[0]) // inputs.shape[1]
        return np.stack([self._recalled(key, steps, width) if key in self._memory else fresh[key] for key in keys])

    def ask_words(self, words: Sequence[Sequence[int]]) -> list[NDArray[np.int64]]:
        """Outputs (length, outputs) for words of any lengths, given as indices of symbols; longest first, so that
        prefixes of one another cost one query."""
        answers: dict[int, NDArray[np.int64]] = {}
        values = self.alphabet.values
        by_length: dict[int, list[int]] = {}
        for number, word in enumerate(words):
            by_length.setdefault(len(word), []).append(number)
        for length in sorted(by_length, reverse=True):
            rows = by_length[length]
            replies = self.ask(values[np.array([list(words[row]) for row in rows], dtype=np.int64)])
            answers.update(zip(rows, replies, strict=True))
        return [answers[number] for number in range(len(words))]

    def knows(self, inputs: Num[np.ndarray, "sequences time width"]) -> Bool[np.ndarray, " sequences"]:
        """Which sequences would be answered from memory."""
        return np.array([key in self._memory for key in self._keys(self._checked(inputs))], dtype=bool)

    def fresh(self) -> BlackBox:
        """The same model with an empty memory and ledger."""
        return replace(self)

    def fingerprint(self) -> str:
        """SHA-256 of alphabet, horizon and answers to the sequences it was first asked."""
        return self._marks[0]

    def _checked(self, inputs: NDArray[Any]) -> NDArray[np.int64]:
        inputs = np.asarray(inputs)
        if inputs.ndim != 3 or inputs.shape[2] != self.alphabet.width or 0 in inputs.shape:
            raise ValueError(
                f"inputs has shape {inputs.shape}; give (sequences, time, {self.alphabet.width}), not empty"
            )
        if inputs.shape[1] > self.horizon:
            raise ValueError(
                f"inputs are {inputs.shape[1]} steps long, {self.source} answers up to {self.horizon}; "
                "shorten them, or raise the horizon"
            )
        inputs = inputs.astype(np.int64)
        if self.alphabet.outside(inputs).any():
            raise ValueError(f"an input lies outside {self.alphabet}; keep inputs inside, or widen the alphabet")
        return inputs

    def _sent(self, inputs: NDArray[np.int64]) -> NDArray[np.int64]:
        """The model's own answers, in batches, checked and counted."""
        parts = [self._one_batch(inputs[i : i + self.batch]) for i in range(0, len(inputs), self.batch)]
        if len({part.shape[2] for part in parts}) > 1:
            raise ValueError(f"{self.source} gives different numbers of outputs for different batches; give always one")
        return np.concatenate(parts)

    def _one_batch(self, inputs: NDArray[np.int64]) -> NDArray[np.int64]:
        raw = np.asarray(self.answer(inputs.copy()))
        wanted = f"({inputs.shape[0]}, {inputs.shape[1]}, outputs)"
        if raw.ndim != 3 or raw.shape[:2] != inputs.shape[:2] or raw.shape[2] < 1:
            raise ValueError(
                f"{self.source} answered with shape {raw.shape} to inputs {inputs.shape}; give {wanted}, "
                "one answer for each prefix"
            )
        if raw.dtype.kind not in "iubf":
            raise ValueError(f"{self.source} answered with dtype {raw.dtype}; give integers {wanted}")
        if raw.dtype.kind == "f" and not np.isfinite(raw).all():
            raise ValueError(f"{self.source} answered with NaN or infinity; check its weights")
        if raw.dtype.kind == "f" and (raw != np.rint(raw)).any():
            raise ValueError(
                f"{self.source} answered with fractions; decode its raw outputs (argmax, a threshold, rounding) first"
            )
        self.ledger.queries += inputs.shape[0]
        self.ledger.steps += inputs.shape[0] * inputs.shape[1]
        return raw.astype(np.int64)

    def _keys(self, inputs: NDArray[np.int64]) -> list[bytes]:
        """Each sequence as bytes, so that a prefix of a sequence is a prefix of its bytes."""
        if self.alphabet.is_enumerable:
            return [row.tobytes() for row in self.alphabet.index(inputs).astype(np.uint16)]
        return [row.tobytes() for row in inputs]

    def _keep(self, inputs: NDArray[np.int64], outputs: NDArray[np.int64]) -> None:
        """Remember what every prefix was answered; an answer that contradicts memory is an error or counted."""
        steps = inputs.shape[1]
        for key, rows in zip(self._keys(inputs), outputs.tolist(), strict=True):
            width = len(key) // steps
            room = len(self._memory) + steps <= self.most_remembered
            for t in range(steps, 0, -1):
                prefix, said = key[: t * width], tuple(rows[t - 1])
                known = self._memory.get(prefix)
                if known is None:
                    if room:
                        self._memory[prefix] = said
                elif known != said:
                    self._contradicted(t, known, said)

    def _contradicted(self, t: int, known: tuple[int, ...], said: tuple[int, ...]) -> None:
        self.ledger.contradictions += 1
        if self.strict:
            raise Contradiction(
                f"{self.source} answered {list(known)} and later {list(said)} to the same prefix of {t} steps, with "
                "another ending or in another batch; make it causal (an answer may depend only on what was read so "
                "far) and deterministic, or give strict=False to keep first answers"
            )

    def _recalled(self, key: bytes, steps: int, width: int) -> NDArray[np.int64]:
        return np.array([self._memory[key[: t * width]] for t in range(1, steps + 1)], dtype=np.int64)


def black_box_of(recurrence: Recurrence) -> BlackBox:
    """The recurrence, its hidden state hidden for good.

    >>> counter = Recurrence(lambda s, x: (s + x, s + x), np.zeros(1), Alphabet((0,), (1,)), horizon=5)
    >>> black_box_of(counter).ask(np.ones((1, 3, 1)))[0, :, 0]
    array([1, 2, 3])
    """
    return BlackBox(
        recurrence.run, recurrence.alphabet, recurrence.horizon, recurrence.source, recurrence.output_symbols
    )


def module_black_box(
    module: Callable[..., Any],
    alphabet: Alphabet,
    horizon: int,
    decoding: Literal["argmax", "threshold", "round"] = "argmax",
    *,
    source: str = "a torch module",
    tokens: bool = True,
) -> BlackBox:
    """A causal torch module, or the `module()` of a `torch.export`-ed program, as a black box.

    With `tokens` it reads symbol indices (batch, time), else the numbers (batch, time, width) as floats; it gives
    scores (batch, time, outputs), decoded by the largest ("argmax"), by sign ("threshold") or to the nearest integer.

    Raises ValueError for an unknown decoding, and for answers that are NaN or infinite.

    >>> import torch
    >>> table = torch.nn.Embedding.from_pretrained(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    >>> module_black_box(table, Alphabet((0,), (1,)), 4).ask(np.array([[[0], [1]]])).tolist()
    [[[0], [1]]]
    """
    decoders = {"argmax": largest_output, "threshold": positive_output, "round": round_outputs}
    if decoding not in decoders:
        raise ValueError(f"decoding={decoding!r} is unknown; use one of {', '.join(decoders)}")

    def answer(inputs: NDArray[np.int64]) -> NDArray[np.int64]:
        import torch

        given = torch.as_tensor(alphabet.index(inputs)) if tokens else torch.as_tensor(inputs, dtype=torch.float32)
        with torch.no_grad():
            scores = np.asarray(module(given).detach().cpu().float())
        if scores.ndim != 3 or scores.shape[:2] != inputs.shape[:2]:
            raise ValueError(
                f"{source} gave scores {scores.shape} for {tuple(given.shape)}; give (batch, time, outputs)"
            )
        if not np.isfinite(scores).all():
            raise ValueError(f"{source} gave NaN or infinity; check its weights")
        decoded = decoders[decoding](scores.reshape(-1, scores.shape[2]))
        return decoded.reshape(*inputs.shape[:2], -1)

    return BlackBox(answer, alphabet, horizon, source)
