"""Radii of prototypes: exact ones are proved, larger and smaller ones are not, and changes of a class agree."""

from dataclasses import replace

import numpy as np
import pytest
from certificate_examples import Example, example, forged
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifacts import Prototypes
from pellucid.core import Proved, Refuted
from pellucid.prove import prove_radii
from pellucid.prove.mechanisms.radius_certificate import RadiusCertificate


def drawn(seed, classes=4, width=3, points=5):
    generator = np.random.default_rng(seed)
    found = Prototypes(tuple("abcdefgh"[:classes]), generator.normal(size=(classes, width)))
    x = generator.normal(size=(points, width))
    return replace(found, points=x, radii=found.radius(x))


def _false_radii():
    found = drawn(0)
    for words, changes in {
        "radii a millionth too large": {"radii": found.radii * (1 + 1e-6)},
        "radii a millionth too small": {"radii": found.radii * (1 - 1e-6)},
        "one radius of another point": {"radii": np.roll(found.radii, 1)},
        "centres that lie elsewhere": {"centres": found.centres * 1.001},
        "another point": {"points": found.points[::-1]},
    }.items():
        changed = replace(found, **changes)
        yield words, Example(changed, [forged("prototype_radius", changed)])


@example("prototype_radius", _false_radii)
def _radii():
    return Example(drawn(0), prove_radii(drawn(0)))


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(1, 6))
def test_no_change_within_the_radius_leads_across_and_one_beyond_does(seed, classes, width):
    found = drawn(seed, classes, width)
    assert isinstance(prove_radii(found)[0].claim, Proved)
    generator = np.random.default_rng(seed)
    change = generator.normal(size=(200, *found.points.shape))
    change *= 0.999 * found.radii[:, None] / np.linalg.norm(change, axis=2, keepdims=True)
    own = found.predict(found.points)
    for one in change:
        assert np.array_equal(found.predict(found.points + one), own)
    towards = found.centres[None] - found.centres[own][:, None]
    length = np.linalg.norm(towards, axis=2, keepdims=True)
    moved = found.points[:, None] + 1.001 * found.radii[:, None, None] * towards / np.where(length > 0, length, 1)
    assert all((found.predict(rows) != k).any() for rows, k in zip(moved, own, strict=True))


@pytest.mark.parametrize("factor", [1 + 1e-6, 1 - 1e-6, 2.0, 0.0, -1.0])
def test_another_radius_is_refuted(factor):
    found = drawn(0)
    assert isinstance(prove_radii(replace(found, radii=found.radii * factor))[0].claim, Refuted)


def test_a_certificate_holds_of_no_other_prototypes():
    found = drawn(1)
    text = prove_radii(found)[0].files["proofs/radii.json"]
    assert RadiusCertificate().check(text, found).holds
    assert not RadiusCertificate().check(text, replace(found, centres=found.centres * 1.001)).holds


def test_two_centres_in_one_place_leave_no_radius():
    found = Prototypes(("a", "b", "c"), [[0.0], [0.0], [5.0]])
    assert found.radius([[1.0]]).tolist() == [0.0]
