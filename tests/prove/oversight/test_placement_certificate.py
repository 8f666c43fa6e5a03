"""Levels that are best are proved to be; others, and curves with plateaus, are not."""

from dataclasses import replace

from certificate_examples import Example, example, forged

from pellucid.artifacts.oversight.nested_success import Curve
from pellucid.artifacts.oversight.oversight_curves import OversightCurves, Player
from pellucid.core import Refuted
from pellucid.prove.oversight.placement_certificate import PlacementCertificate, prove_placement

LINES = (Curve(552.02, 0.71926), Curve(-1361.61, 1.95182))
ONE = (Player("a", 1200.0, 1250.0, 5.0),)
FOUND = OversightCurves(ONE, ONE, LINES, ("line", "line"), {"games": (LINES,)}, 1103.0, 400.0)
BEST = FOUND.levels(1103.0, 400.0)


def _false_placements():
    def of(levels, found=FOUND):
        return Example(found, [forged("placement", found, levels=levels)])

    yield "a level that is moved", of([BEST[0], BEST[1] + 3, BEST[2]])
    yield "another end", of([BEST[0], BEST[1], BEST[2] - 1])
    yield "a level outside", of([BEST[0], 1600.0, BEST[2]])
    yield "a plateau", of(BEST, replace(FOUND, curves=(LINES[0], LINES[1]._replace(high=1320.0))))
    yield "other curves", of(BEST, replace(FOUND, curves=(LINES[0]._replace(b=0.8), LINES[1])))


@example("placement", _false_placements)
def _placement():
    return Example(FOUND, prove_placement(FOUND))


def test_plateaus_have_no_proof():
    assert prove_placement(replace(FOUND, curves=(LINES[0], LINES[1]._replace(high=1320.0)))) == []
    claim = PlacementCertificate().prove(FOUND, "x.json", levels=[1103.0, 1200.0, 1503.0]).claim
    assert isinstance(claim, Refuted)
