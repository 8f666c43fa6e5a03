"""Rows of two classes that one column tells apart, and the claims about them."""

import numpy as np

from pellucid.subjects.models.labelled.labelled import Labelled


def rows(count=120, width=6, gap=4.0, seed=0, **given):
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=(count, width)), np.arange(count) % 2
    x[:, 1] += gap * y
    return Labelled(x, y, names=("false", "true"), title="rows", **given)


def claim(finding, words):
    return next(c for c in finding.claims if words in c.statement)
