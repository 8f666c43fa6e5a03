"""What is proved of a frontier, and what is refused: a clustering left out, a better one, a bound that is too low."""

from dataclasses import replace

import numpy as np
from certificate_examples import Example, example, forged

from pellucid.compress import ParetoClusters
from pellucid.core import Refuted
from pellucid.prove.compression.frontier_certificate import FrontierCertificate, prove_frontier
from pellucid.subjects import Joint

COUNTS = np.random.default_rng(2).multinomial(400, np.random.default_rng(3).dirichlet(np.ones(21))).reshape(7, 3)
ALL = ParetoClusters(resamples=5).explain(Joint.from_counts(COUNTS)).artifact
SOME = ParetoClusters(exact_up_to=2, part=4, resamples=5).explain(Joint.from_counts(COUNTS)).artifact


def _false_frontiers():
    def of(part, found=ALL, **changes):
        changed = replace(found, **changes)
        return Example(changed, [forged("frontier", changed, part=part)])

    listed, steps = ALL.clusterings, SOME.steps
    yield "a clustering left out", of("complete", clusterings=(*listed[:3], *listed[4:]))
    yield "the last left out", of("complete", clusterings=listed[:-1])
    yield "one that is beaten", of("order", clusterings=(*listed[:3], listed[4], listed[3], *listed[5:]))
    yield "one listed twice", of("order", clusterings=(*listed[:3], listed[2], *listed[3:]))
    yield "a worse one called best", of("complete", best=(*ALL.best[:2], (0, 1, 2, 2, 2, 2, 2), *ALL.best[3:]))
    yield "what is no clustering", of("complete", clusterings=(*listed[:3], (0, 2, 2, 2, 2, 2, 2), *listed[4:]))
    yield "a row too few", of("order", clusterings=(*listed[:-1], listed[-1][:-1]))
    yield "steps that are too low", of("bound", SOME, steps=tuple((h, i - 1e-6) for h, i in steps))
    yield "a step left out", of("bound", SOME, steps=steps[:-1])
    yield "steps that begin later", of("bound", SOME, steps=tuple((h + 1e-6, i) for h, i in steps))
    yield "a part left out", of("bound", SOME, parts=SOME.parts[:1])
    yield "other weights", of("complete", weights=(tuple(w + 9 for w in ALL.weights[0]), *ALL.weights[1:]))


@example("frontier", _false_frontiers)
def _frontier():
    return Example(ALL, prove_frontier(ALL))


def test_bound_is_proved_where_not_all_were_tried():
    order, bound = prove_frontier(SOME)
    assert (order.claim.strength, bound.claim.strength) == ("Proved", "Proved")
    assert 0 < SOME.gap < SOME.most[1]
    assert f"{np.ceil(SOME.gap * 1e6) / 1e6:.6f} bit" in bound.claim.statement


def test_a_greedy_frontier_is_not_called_complete():
    listed = ALL.clusterings
    claim = FrontierCertificate().prove(replace(ALL, clusterings=listed[::2]), "x.json", part="complete").claim
    assert isinstance(claim, Refuted)


def test_a_tie_is_refused():
    """Rows of equal weights: a swap of them has exactly the same entropy and information."""
    joint = Joint(((2, 1), (2, 1), (1, 3)))
    found = ParetoClusters().explain(joint).artifact
    tied = replace(found, clusterings=((0, 0, 0), (0, 1, 0), (0, 1, 1), *found.clusterings[1:]))
    assert isinstance(FrontierCertificate().prove(tied, "x.json", part="order").claim, Refuted)
