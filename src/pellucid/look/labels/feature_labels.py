"""Labels of features by a language model, and what they are worth beside a table of tokens (arXiv 2410.13928).

A model is shown passages in which a feature fires and says in a phrase what they have in common. Given that phrase
alone, it then says of passages that it has not seen which the feature fires in (detection), and whether marked words
are its own (fuzzing). The same passages are judged by the feature's token table, and by labels that belong to other
features: what a label adds is what it scores above those.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...artifacts.audits.feature_labels import FeatureLabels as Labels
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.files import write_atomic
from ...core.method import Found, Method
from ...run.chat import Chat, ChatError, Turn
from .label_scores import Scores, claims_of, score_label, score_table
from .passages import Judged, Passages
from .questions import ask_for_label, label_of
from .seen_features import SeenFeatures

__all__ = ["Costs", "FeatureLabels"]


@dataclass(frozen=True)
class Costs:
    """What will be asked of a model at most: questions, and about how many tokens go in."""

    questions: int
    tokens: int


@dataclass(frozen=True)
class FeatureLabels(Method[SeenFeatures, Labels]):
    """Labels, and scores of labels and token tables on held-out passages.

    Without a `model` and `local`, every feature is told by its token table, and nobody is asked. With one, the
    `features` of the largest effect are labelled, each from the passages of its `strongest` firings and `spread`
    others, and judged on at most `judged` passages in which it fires and as many in which it does not, `batch` in a
    question; `shuffled` labels are judged once more on another feature's passages. What was answered is kept in the
    checkpoint, and is not asked again.

    Raises ValueError for settings that judge nothing, and where no feature fires often enough.

    >>> FeatureLabels().model  # nobody is asked
    ''
    """

    model: str = ""
    """A model's name at an OpenAI-compatible server; none: no one is asked."""
    base_url: str = "http://localhost:8000/v1"
    local: str = ""
    """A model on this machine instead, as `load_model` takes it."""
    features: int = 64
    chosen: tuple[int, ...] = ()
    """These features instead."""
    strongest: int = 8
    spread: int = 4
    judged: int = 10
    batch: int = 5
    shuffled: int = 16
    length: int = 32
    share: float = 0.25
    """The first rows, held out: no table is made from them, and no label."""
    words: int = 12
    """So many tokens of a table are kept for people."""

    def costs(self, subject: SeenFeatures) -> Costs:
        """What would be asked at most. Raises ValueError as `explain` does."""
        self._refuse_settings()
        count = len(self._features(Passages(subject, self.length, self.share)))
        each = 2 * -(-2 * self.judged // self.batch)
        dealt = min(self.shuffled, count) if count > 1 else 0
        questions = count * (1 + each) + dealt * each
        letters = np.mean([len(word) for word in subject.atlas.vocabulary]) if subject.atlas.vocabulary else 0
        words = count * self.length * (self.strongest + self.spread + 4 * self.judged) + dealt * self.length * 4 * (
            self.judged
        )
        return Costs(questions, int(words * max(1.0, letters / 4) + 120 * questions))

    def _find(self, subject: SeenFeatures, context: Context) -> Found[Labels]:
        self._refuse_settings()
        passages = Passages(subject, self.length, self.share)
        generator = np.random.default_rng(context.stream("passages"))
        everything = [f for f in subject.atlas.by_effect().tolist() if passages.tables.counts[f] > 0]
        chosen = self._features(passages) if self.model or self.local or self.chosen else everything
        if not chosen:
            raise ValueError("no feature fires on the held-out rows; give more text to `pellucid features`, or a share")
        judged = {feature: passages.judged(feature, self.judged, generator) for feature in chosen}
        tables = _Tables(passages, chosen)
        own = {feature: tables.score(feature, judged[feature]) for feature in chosen}
        other = [tables.score(tables.dealt(feature), judged[feature]) for feature in chosen] if len(chosen) > 1 else []
        claims = claims_of("token tables", ": token table", list(own.values()), other)
        labels = {feature: tables.text(feature, self.words) for feature in chosen}
        scores = {feature: Scores(float("nan"), float("nan")) for feature in chosen}
        author = self.model or self.local
        if author:
            asked = _Asked(self, context, subject.atlas.vocabulary)
            labels, scores, more = asked.all(chosen, passages, judged, generator)
            claims = [*more, *claims]
        done = list(labels)
        figures = _columns(("detection", "fuzzing"), [scores[f] for f in done])
        figures |= {f"table_{name}": row for name, row in _columns(tuple(figures), [own[f] for f in done]).items()}
        known = tuple(tables.tokens(feature, self.words) for feature in done)
        arrays = {**figures, "passages": np.array([len(judged[f].firing) for f in done])}
        artifact = Labels(author, np.array(done), tuple(labels.values()), known, **arrays)
        return Found(artifact, tuple(claims), {"atlas": subject.atlas})

    def _features(self, passages: Passages) -> list[int]:
        """Those asked for, or the first by effect that fire where they can be labelled and judged."""
        atlas, counts = passages.subject.atlas, passages.tables.counts
        wrong = [feature for feature in self.chosen if not 0 <= feature < atlas.size]
        if wrong:
            raise ValueError(f"feature {wrong[0]} is none of {atlas.size:,}; use 0 to {atlas.size - 1}")
        wanted = list(dict.fromkeys(self.chosen)) or atlas.by_effect().tolist()
        return [f for f in wanted if counts[f] > 0][: None if self.chosen else self.features]

    def _refuse_settings(self) -> None:
        for name in ("features", "strongest", "judged", "batch", "words"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} labels nothing; use at least 1")
        if self.model and self.local:
            raise ValueError(f"model={self.model!r} and local={self.local!r} are two; name one")
        if self.model:
            Chat(self.model, self.base_url)  # whose address may be none


class _Tables:
    """Token tables as answers, and as text."""

    def __init__(self, passages: Passages, chosen: Sequence[int]) -> None:
        self.vocabulary, self.chosen = passages.subject.atlas.vocabulary, list(chosen)
        table = passages.tables.table.numpy()
        self.tokens_of, self.starts = (
            table[:, 1],
            np.searchsorted(table[:, 0], np.arange(passages.subject.atlas.size + 1)),
        )

    def tokens(self, feature: int, count: int) -> tuple[str, ...]:
        mine = self.tokens_of[self.starts[feature] : self.starts[feature + 1]]
        return tuple(self.vocabulary[i] for i in mine[:count])

    def text(self, feature: int, count: int) -> str:
        """For people."""
        known = self.tokens(feature, count)
        more = int(self.starts[feature + 1] - self.starts[feature]) - len(known)
        words = ", ".join(repr(word) for word in known)
        return (f"the tokens {words}" + (f" and {more} more" if more > 0 else "")) if known else "no token tells it"

    def score(self, feature: int, judged: Judged) -> Scores:
        inside = np.zeros(len(self.vocabulary), bool)
        inside[self.tokens_of[self.starts[feature] : self.starts[feature + 1]]] = True
        return score_table(judged, inside)

    def dealt(self, feature: int) -> int:
        """Another feature, whose table is dealt out to this one: far from it in the order of effects."""
        place = self.chosen.index(feature)
        return self.chosen[(place + max(1, len(self.chosen) // 2)) % len(self.chosen)]


class _Asked:
    """A language model that is asked, and what it answered before."""

    def __init__(self, method: FeatureLabels, context: Context, vocabulary: Sequence[str]) -> None:
        self.method, self.context, self.vocabulary = method, context, vocabulary
        self.answer = _answerer(method)
        self.folder = context.stage_folder("answers")

    def ask(self, turns: list[Turn]) -> str:
        """One answer, from the checkpoint where it is there."""
        told = json.dumps([self.method.model, self.method.local, turns], sort_keys=True)
        kept = self.folder / f"{hashlib.sha256(told.encode()).hexdigest()}.txt" if self.folder else None
        if kept is not None and kept.is_file():
            return kept.read_text()
        answer = self.answer(turns)
        if kept is not None:
            write_atomic(Path(kept), answer.encode())
        return answer

    def all(
        self, chosen: Sequence[int], passages: Passages, judged: dict[int, Judged], generator: np.random.Generator
    ) -> tuple[dict[int, str], dict[int, Scores], list[Claim]]:
        """Labels, scores, claims; where the server fails, of those that were done, and it is told."""
        method, reporter = self.method, self.context.reporter
        labels: dict[int, str] = {}
        scores: dict[int, Scores] = {}
        dealt: list[Scores] = []
        failed = ""
        reporter.start(f"asking {method.model or method.local}", len(chosen))
        try:
            for feature in chosen:
                shown = passages.shown(feature, method.strongest, method.spread)
                label = label_of(self.ask(ask_for_label(shown, self.vocabulary)))
                scores[feature] = self._score(label, judged[feature], generator)
                labels[feature] = label
                reporter.advance(1, label)
            for number, feature in enumerate(chosen[: method.shuffled] if len(chosen) > 1 else ()):
                other = chosen[(number + max(1, len(chosen) // 2)) % len(chosen)]
                dealt.append(self._score(labels[other], judged[feature], generator))
        except ChatError as error:
            failed = str(error)
            if not labels:
                raise ValueError(f"no label was given: {failed}") from None
        reporter.finish()
        who = f"labels by {method.model or method.local}"
        claims = claims_of(who, "", list(scores.values()), dealt)
        asked, read = (sum(getattr(one, name) for one in [*scores.values(), *dealt]) for name in ("asked", "read"))
        if asked:
            told = f"passages that {method.model or method.local} answers in a form that can be read"
            claims.append(Measured(told, 100 * read / asked, "%", key="answers_read"))
        if failed:
            left = f"labels of {len(chosen) - len(labels)} further features"
            claims.append(Undecided(left, failed, "run again with --resume", key="interrupted"))
        return labels, scores, claims

    def _score(self, label: str, judged: Judged, generator: np.random.Generator) -> Scores:
        return score_label(label, judged, self.vocabulary, self.ask, self.method.batch, generator)


def _answerer(method: FeatureLabels) -> Callable[[list[Turn]], str]:
    if method.model:
        return Chat(method.model, method.base_url).answer
    from ...subjects.models.local_chat import LocalChat

    return LocalChat.of(method.local).answer


def _columns(names: tuple[str, ...], scores: list[Scores]) -> dict[str, np.ndarray]:
    """By name, that figure of all scores."""
    return {name: np.array([getattr(each, name) for each in scores]) for name in names}
