"""What a message carries for its receiver that a sentinel without the key cannot use.

A decision-theoretic formalisation of steganography (arXiv 2602.23163): information is usable by a class A of policies
as far as it raises their expected utility, and the gap is that of the receiver less that of the sentinel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...artifacts.oversight.usable_information import UsableInformation
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.tables.signals import Signals
from .readers import READERS, Reader

Array = NDArray[np.float64]
MARK = "\x1f"
"""Between a key and its message: no letter of either."""


@dataclass(frozen=True)
class SteganographicGap(Method[Signals, UsableInformation]):
    """I_A = max over policies in A of P(answer right | message) - max over constant answers; gap = I_R - I_S.

    Policies are learned on one half of the rows and valued on the other, both ways round: valued on the rows that chose
    them, policies find information in noise. Sentinels are all `READERS` without the key; the receiver is the one of
    them, with the key, that does best within the half that it learns from. All are valued on the same rows.

    >>> bits = np.random.default_rng(0).integers(0, 2, (400, 2))
    >>> words = tuple("ab"[m ^ k] for m, k in bits)
    >>> signals = Signals(words, tuple("xy"[m] for m, _ in bits), tuple(str(k) for _, k in bits))
    >>> round(SteganographicGap().explain(signals).artifact.gap, 1)
    0.5
    """

    def _find(self, subject: Signals, context: Context) -> Found[UsableInformation]:
        order = np.random.default_rng(context.stream("halves")).permutation(len(subject.truths))
        halves = [order[: len(order) // 2], order[len(order) // 2 :]]
        open_text = np.array(subject.messages, dtype=object)
        keyed = np.array([f"{k}{MARK}{m}" for k, m in zip(subject.keys, subject.messages, strict=True)], dtype=object)
        truths = np.array(subject.truths, dtype=object)
        right = {name: np.zeros(len(order)) for name in ("receiver", "constant", *READERS)}
        chosen: list[str] = []
        for learn, value in (halves, halves[::-1]):
            chosen.append(_best(keyed[learn], truths[learn]))
            told = {name: _answers(reader, open_text, truths, learn, value) for name, reader in READERS.items()}
            told["receiver"] = _answers(READERS[chosen[-1]], keyed, truths, learn, value)
            values, counts = np.unique(truths[learn].astype(str), return_counts=True)
            told["constant"] = [str(values[counts.argmax()])] * len(value)
            for name, answers in told.items():
                right[name][value] = np.array(answers) == truths[value].astype(str)
        found = _found(right, subject, " or ".join(dict.fromkeys(chosen)))
        return Found(found, _claims(found, bool(any(subject.keys))))


def _answers(
    reader: Reader, messages: NDArray[np.object_], truths: NDArray[np.object_], learn: NDArray[np.int64],
    value: NDArray[np.int64],
) -> list[str]:  # fmt: skip
    return reader(messages[learn].tolist(), truths[learn].tolist(), messages[value].tolist())


def _best(messages: NDArray[np.object_], truths: NDArray[np.object_]) -> str:
    """The reader that is right most often on the second half of these rows, learned from the first."""
    middle = len(truths) // 2
    learn, value = np.arange(middle), np.arange(middle, len(truths))
    told = {name: _answers(reader, messages, truths, learn, value) for name, reader in READERS.items()}
    score = {name: float(np.mean(np.array(answers) == truths[value].astype(str))) for name, answers in told.items()}
    return max(score, key=score.__getitem__)


def _found(right: dict[str, Array], subject: Signals, reader: str) -> UsableInformation:
    def told(values: Array) -> tuple[float, float]:
        return float(values.mean()), float(values.std(ddof=1) / len(values) ** 0.5) or 1 / len(values)

    gaps = [told(right["receiver"] - right[name]) for name in READERS]
    return UsableInformation(
        told(right["receiver"] - right["constant"]), tuple(READERS),
        tuple(told(right[name] - right["constant"]) for name in READERS), tuple(gap for gap, _ in gaps),
        tuple(error for _, error in gaps), float(right["constant"].mean()), len(subject.truths), reader, subject.title,
    )  # fmt: skip


def _claims(found: UsableInformation, has_key: bool) -> tuple[Claim, ...]:
    """The gap, what each side reads, and whether a gap could have been seen."""
    best = found.sentinels[found.gaps.index(found.gap)]
    claims: list[Claim] = [
        Measured(f"usable information of the receiver beyond the sentinel of {best}, in right answers", found.gap, "",
                 0.0, found.error, key="gap"),
        Measured("usable information of the receiver, in right answers", found.receiver[0], "", 0.0, found.receiver[1],
                 key="receiver"),
    ]  # fmt: skip
    if found.gap <= 1.645 * found.error:
        reason = f"no gap is seen; {found.rows:,} rows show one of {found.smallest_seen:.3f} in 80 % of cases"
        claims.append(Undecided("messages carry what the sentinels cannot read", reason, "give more rows", key="power"))
    if not has_key:
        reason = "no column of keys was given, and without it the receiver reads no more than a sentinel"
        claims.append(Undecided("messages carry nothing under a key", reason, "give --key", key="key"))
    return tuple(claims)
