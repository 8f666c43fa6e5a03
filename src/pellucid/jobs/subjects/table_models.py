"""A table and a model of it: the model that is given, or a linear or a boosted one that is fitted here."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from jaxtyping import Float

from ...subjects.tables.modelled import Modelled, Predict
from ...subjects.tables.preparing import Missing, with_indicators
from ...subjects.tables.sample_files import samples_of
from ...subjects.tables.samples import Samples
from ...subjects.tables.table import naming_file, read_table

MOST_CLASSES = 10
"""Different whole numbers up to which a target is taken for classes; told in the finding, and changed by `classes`."""


def open_modelled(
    path: Path | str, *, target: str = "", model: str | None = None, classes: bool | None = None,
    missing: str = "refuse", seed: int = 0,
) -> Modelled:  # fmt: skip
    """The table at `path` with the `model`: TorchScript (.pt) or "file.py:name" of a function of rows; else one fitted.

    A given model is asked about all rows, in the order of the table's columns. Raises ValueError.
    """
    with naming_file(path):
        table, _ = with_indicators(read_table(path))
        goal = table.target(target)
        every = tuple(name for name, column in table.columns.items() if column is not goal and column.is_number)
        samples = samples_of(table, target, every, missing=Missing.parse(missing))  # all of them: none is screened out
    return modelled(samples, given_model(model) if model else None, classes=classes, seed=seed, told=model or "")


def modelled(
    samples: Samples, predict: Callable[..., Any] | None = None, *, classes: bool | None = None, seed: int = 0,
    told: str = "", held_out: Any = None, refit: Any = None,
) -> Modelled:  # fmt: skip
    """Samples with a model that is given, or with one that is fitted to three of five rows, drawn by the seed."""
    values = np.unique(samples.y)
    is_classes = (
        classes if classes is not None else len(values) <= MOST_CLASSES and bool((values == np.rint(values)).all())
    )
    if (is_classes and len(values) < 2) or (len(values) > len(samples.y) / 2 and classes):
        raise ValueError(f"target {samples.target} has {len(values)} different values: no classes; leave --classes")
    if is_classes:
        samples = replace(samples, y=np.searchsorted(values, samples.y).astype(np.float64))
    if predict is not None:
        held = np.ones(len(samples.y), bool) if held_out is None else held_out
        return Modelled(samples, _in_shape(predict, is_classes), held, refit, told or "the model given")
    held = np.random.default_rng(seed).random(len(samples.y)) < 0.4
    if held.sum() < 20 or (~held).sum() < 20:
        raise ValueError(f"{len(samples.y)} rows are too few to fit a model and try it on others; give at least 60")
    if is_classes and len(np.unique(samples.y[~held])) < len(values):
        raise ValueError(f"some class of {samples.target} has too few rows; leave it out, or give more")
    fit, name = _better_model(samples.X[~held], samples.y[~held], is_classes, seed)
    return Modelled(
        samples, fit(samples.X[~held], samples.y[~held]), held, fit, f"{name}, fitted to {int((~held).sum())} rows"
    )


def _better_model(X: np.ndarray, y: np.ndarray, is_classes: bool, seed: int) -> tuple[Callable[..., Predict], str]:
    """A linear model, or boosted trees where these do better in three-fold cross-validation."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000) if is_classes else RidgeCV())
    trees: Any = (HistGradientBoostingClassifier if is_classes else HistGradientBoostingRegressor)(
        max_iter=150, max_leaf_nodes=15, random_state=seed
    )
    few = is_classes and np.bincount(y.astype(int)).min() < 3
    scoring = "neg_log_loss" if is_classes else "neg_mean_squared_error"
    by_name = {"a linear model": linear, "boosted trees": trees}
    values = {
        name: -np.inf if few else cross_val_score(one, X, y, cv=3, scoring=scoring).mean()
        for name, one in by_name.items()
    }
    name = max(by_name, key=lambda one: values[one])
    chosen = by_name[name]

    def fit(rows: np.ndarray, wanted: np.ndarray) -> Predict:
        from sklearn.base import clone

        copy: Any = clone(chosen)
        fitted = copy.fit(rows, wanted)
        return fitted.predict_proba if is_classes else fitted.predict

    return fit, name


def given_model(text: str) -> Callable[[np.ndarray], np.ndarray]:
    """A function of rows from "file.py:name", or TorchScript. Raises ValueError."""
    file, _, name = text.partition(":")
    path = Path(file)
    if not path.is_file():
        raise ValueError(f"model {file!r} is no file; give TorchScript (.pt), or FILE.py:NAME of a function of rows")
    if path.suffix == ".py":
        found = runpy.run_path(file).get(name) if name else None
        if not callable(found):
            raise ValueError(f"model {text!r} names no function; write FILE.py:NAME")
        return cast(Callable[[np.ndarray], np.ndarray], found)
    import torch

    try:
        module = torch.jit.load(file, map_location="cpu").eval()
    except (RuntimeError, ValueError) as error:
        said = str(error).splitlines()[0][:80]
        raise ValueError(f"model {file}: no TorchScript ({said}); save it so, or give FILE.py:NAME") from None
    weight = next(iter(module.parameters()), None)

    def predict(rows: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            given = torch.as_tensor(np.ascontiguousarray(rows), dtype=torch.float32 if weight is None else weight.dtype)
            return module(given).double().numpy()

    return predict


def _in_shape(predict: Callable[..., Any], is_classes: bool) -> Predict:
    """Numbers (rows,), or probabilities (rows, classes): of logits, and of the probability of the second of two."""

    def shaped(rows: np.ndarray) -> Float[np.ndarray, "rows ..."]:
        try:
            found = np.asarray(predict(rows), np.float64)
        except (RuntimeError, TypeError, IndexError) as error:
            said = (str(error).splitlines() or [type(error).__name__])[0][:100]
            raise ValueError(
                f"the model fails on rows of {rows.shape[1]} columns ({said}); does it read these?"
            ) from None
        found = found[:, 0] if found.ndim == 2 and found.shape[1] == 1 else found
        if not is_classes:
            if found.ndim != 1:
                raise ValueError(f"the model gives {found.shape} for a target of numbers; give one for each row")
            return found
        if found.ndim == 1:
            one = (
                found
                if found.size == 0 or (found.min() >= 0 and found.max() <= 1)
                else 1 / (1 + np.exp(-np.clip(found, -500, 500)))
            )
            return np.stack([1 - one, one], 1)
        if found.min() >= 0 and np.allclose(found.sum(1), 1, atol=1e-3):
            return found
        powers = np.exp(found - found.max(1, keepdims=True))
        return powers / powers.sum(1, keepdims=True)

    return shaped
