"""A training run from its log: which metric is the train one, which the test one, and what else is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..tables.columns import listed
from .column_words import Role, find_header
from .log import Cleaned, Log, clean
from .log_files import read_log
from .training_run import Curve, TrainingRun

_TEST = "(val|valid|validation|test|eval|dev|heldout|held_out)"
_TRAIN = "(train|training|trn|tr)"
_NOT_TEST = f"(?!(.*_)?{_TEST}(_|$))"


WORDS = {"accuracy": "(acc|accuracy|top_?1|correct)", "loss": "(loss|nll|cross_entropy|perplexity|ppl|mse|error)"}


def _train(kind: str) -> Role:
    word = WORDS[kind]
    tiers = (
        f"{_TRAIN}_{word}|{word}_{_TRAIN}",
        word,
        f"(.*_)?{_TRAIN}_(.*_)?{word}(_step)?|(.*_)?{word}_(.*_)?{_TRAIN}",
        f"(.*_)?{_TRAIN}_(.*_)?{word}(_epoch)?",
        f"{_NOT_TEST}.*{word}.*",
    )
    return Role(f"train {kind}", "--train", tiers)


def _test(kind: str) -> Role:
    word = WORDS[kind]
    tiers = (
        f"{_TEST}_{word}|{word}_{_TEST}",
        f"(.*_)?{_TEST}_(.*_)?{word}(_epoch)?|(.*_)?{word}_(.*_)?{_TEST}",
    )
    return Role(f"test {kind}", "--test", tiers)


NORM = Role(
    "norm of the weights", "--norm", ("(weight|param(eter)?)s?_norm|norm", "(?!.*grad).*(weight|param).*norm.*")
)
RATE = Role("learning rate", "--rate", ("lr|learning_rate", "lr_.*|.*learning_rate.*"))
DECAY = Role("weight decay", "--decay", ("wd|weight_decay", ".*weight_decay.*"))


def read_run(
    path: Path | str,
    *,
    train: str | None = None,
    test: str | None = None,
    norm: str | None = None,
    step: str | None = None,
    metric: str | None = None,
    chance: float | None = None,
) -> TrainingRun:
    """The run that the log `path` shows; metrics that are not named are told by their words.

    `metric` is "accuracy" or "loss": by default accuracy, where both parts log it. What was assumed, and what is odd
    about the log, is told in the `notes`. Raises ValueError, in one line that names what is wrong and what helps.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "run.csv"
    ...     _ = file.write_text("step,train_acc,val_acc\\n0,0.1,0.1\\n10,0.9,0.4\\n")
    ...     run = read_run(file)
    >>> run.train.name, run.test.name, run.kind
    ('train_acc', 'val_acc', 'accuracy')
    """
    if metric not in (None, "accuracy", "loss"):
        raise ValueError(f"--metric {metric!r} is unknown; give accuracy or loss")
    log = read_log(path, step)
    kind, names = _metrics(log, train, test, metric)
    cleaned = {part: clean(name, log.series[name]) for part, name in names.items() if name is not None}
    for part, role, said in (("norm", NORM, norm), ("rate", RATE, None), ("decay", DECAY, None)):
        name = find_header(log.names if said else [one for one in log.names if one not in names.values()], role, said)
        if name is not None:
            names[part], cleaned[part] = name, clean(name, log.series[name])
    curves = {part: _curve(one, str(names[part])) for part, one in cleaned.items() if len(one.steps)}
    if "train" not in curves:
        raise ValueError(f"{Path(path).name}: {names['train']!r} holds no numbers; say which column with --train")
    decay = float(cleaned["decay"].values[-1]) if "decay" in curves else None
    told = [f"train: {names['train']!r}"] + [f"test: {names['test']!r}"] * (names.get("test") is not None)
    notes = (*log.notes, ", ".join(told), *(note for one in cleaned.values() for note in one.notes))
    return TrainingRun(curves["train"], curves.get("test"), kind, chance, curves.get("norm"), curves.get("rate"), decay,
                       Path(path).stem, tuple(dict.fromkeys(notes)))  # fmt: skip


def _metrics(log: Log, train: str | None, test: str | None, metric: str | None) -> tuple[str, dict[str, str | None]]:
    """Accuracy where train and test have it, else loss, else what train has; and both names. Raises ValueError."""
    found: list[tuple[str, str, str | None]] = []
    doubts: list[ValueError] = []
    for kind in (metric,) if metric else ("accuracy", "loss"):
        try:
            held_out = find_header(log.names, _test(kind), test)
            fitted = find_header([name for name in log.names if name != held_out], _train(kind), train)
        except ValueError as doubt:
            doubts.append(doubt)
            continue
        if fitted is not None:
            found.append((kind, fitted, held_out))
    found.sort(key=lambda one: one[2] is None)
    if doubts and (not found or found[0][2] is None):
        raise doubts[0]
    if not found:
        what = metric or "accuracy or loss"
        raise ValueError(
            f"no column tells the train {what} among {listed(log.names)}; say which with --train and --test"
        )
    kind, fitted, held_out = found[0]
    said = train is not None and metric is None
    return _kind_of(kind, log, fitted, said=said), {"train": fitted, "test": held_out}


def _kind_of(kind: str, log: Log, fitted: str, said: bool) -> str:
    """Of a column that a person named: a loss, where its values or its name are those of one."""
    if not said:
        return kind
    values = log.series[fitted][1]
    finite = values[np.isfinite(values)]
    accurate = len(finite) and finite.min() >= 0 and finite.max() <= 1
    named_loss = any(word in fitted.lower() for word in ("loss", "nll", "ppl", "error", "mse"))
    return "accuracy" if accurate and not named_loss else "loss"


def _curve(one: Cleaned, name: str) -> Curve:
    return Curve(one.steps, one.values, name)
