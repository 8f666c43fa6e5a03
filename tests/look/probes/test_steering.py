"""The causal check tells use from correlation."""

import numpy as np

from pellucid.look.probes.difference_of_means import DifferenceOfMeans
from pellucid.subjects.models.labelled.labelled import Behaviour, Labelled

from .labelled_rows import claim, rows


def test_the_causal_check_tells_use_from_correlation():
    labelled = rows(width=4)
    used = Behaviour(lambda x, i: np.stack([0 * x[:, 0], x[:, 1]], 1), ("no", "yes"))
    unused = Behaviour(lambda x, i: np.stack([0 * x[:, 0], x[:, 0]], 1), ("no", "yes"))
    for behaviour, matters in ((used, True), (unused, False)):
        given = Labelled(labelled.values, labelled.y, (), labelled.names, behaviour=behaviour)
        found = DifferenceOfMeans().explain(given)
        added = claim(found, "added to 24 held-out rows")
        assert (abs(added.value) > added.baseline) == matters
        taken = claim(found, "taken out")
        assert (taken.value > 2) == matters
