"""Measurements: every name that a claim may carry leads to the function that makes it again."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import pellucid
from pellucid.core import Measured
from pellucid.core.claim import claim_from_dict
from pellucid.core.measurement import MEASUREMENTS, find_measurement, measured_by

SOURCE = Path(pellucid.__file__).parent
NAMES = sorted(
    {name for path in SOURCE.rglob("*.py") for name in re.findall(r'measured_by\(\s*"([^"]+)"', path.read_text())}
)


@pytest.mark.parametrize("name", NAMES)
def test_what_claims_name_is_found_in_its_room(name):
    found = find_measurement(name)
    assert found.name == name
    module = found.again.__module__
    assert module.startswith(f"pellucid.{name.split('.')[0]}."), module
    assert MEASUREMENTS[name] is found


def test_no_measurement_is_without_a_claim():
    registered = {n for path in SOURCE.rglob("*.py") for n in re.findall(r'@measurement\("([^"]+)"', path.read_text())}
    assert registered - {"core.example"} == set(NAMES)


@pytest.mark.parametrize(
    "name",
    ["", "orbits", "os.system", "discover.orbits.x", "discover.", "Discover.orbits", "nowhere.x", "cli.check"],
)
def test_other_names_are_refused_and_nothing_is_run(name):
    with pytest.raises(ValueError, match="measurement"):
        find_measurement(name)
    assert "pellucid.cli.__main__" not in sys.modules


def test_a_claim_keeps_the_first_name_and_carries_it_through_json():
    claim = Measured("error", 0.5, "", key="error")
    assert "measurement" not in claim.to_dict()
    (named,) = measured_by("discover.orbits", [claim])
    assert measured_by("distill.formula", [named]) == (named,)
    assert named.to_dict()["measurement"] == "discover.orbits"
    assert claim_from_dict(named.to_dict()) == named
