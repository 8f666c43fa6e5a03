"""Constants are fitted to all rows in the end; what is said of held-out rows was measured before."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.core.context import Context
from pellucid.distill.formulas.entrants import entrants_of
from pellucid.distill.formulas.final import CHOSEN_BEFORE, CHOSEN_BY_ALL, Finalist, finalists_of, how_chosen, told_of
from pellucid.distill.formulas.judge import Judge
from pellucid.distill.formulas.parametric.parametric import Parametric
from pellucid.distill.formulas.race import Race
from pellucid.distill.formulas.rows import Rows
from pellucid.subjects.tables.samples import Samples

JUDGE = Judge(0.2, 40, 5_000, 20_000, 1e-9)


def decay(seed: int, rows: int = 60, noise: float = 0.05) -> Samples:
    draw = np.random.default_rng(seed)
    t = draw.uniform(0, 8, rows)
    return Samples(t[:, None], 4.31 * np.exp(-0.37 * t) + noise * draw.normal(size=rows), ("t",))


def finalists(table: Samples) -> tuple[list[Finalist], Rows]:
    rows = JUDGE.split(table, Context(0))
    found = Parametric(largest=3, rounds=1, held_out=0.0).explain(rows.fitted)
    return finalists_of(entrants_of(found, rows.fitted), rows, False), rows


def test_the_last_constants_are_those_of_all_rows():
    table = decay(0)
    found, rows = finalists(table)
    best = min(found, key=lambda each: each.last.nats)
    t, y = table.X[:, 0], table.y
    theta = np.array([4.0, 0.4])
    for _ in range(50):  # Gauss-Newton on all rows
        f = theta[0] * np.exp(-theta[1] * t)
        theta += np.linalg.lstsq(np.stack([f / theta[0], -t * f], 1), y - f, rcond=None)[0]
    at = np.array([[0.0], [2.0], [5.0]])
    assert best.last.formula(at) == pytest.approx(theta[0] * np.exp(-theta[1] * at[:, 0]), rel=1e-5)
    assert best.before.formula(at) != pytest.approx(best.last.formula(at), rel=1e-5)
    assert how_chosen(best, found) == CHOSEN_BEFORE
    assert rows.every().rows == table.rows


def test_rows_that_make_another_one_the_shortest_are_not_called_held_out_from_its_choice():
    found, rows = finalists(decay(1))
    second = sorted(found, key=lambda each: each.before.nats)[1]
    assert how_chosen(second, found) == CHOSEN_BY_ALL
    assert not told_of(rows, CHOSEN_BY_ALL).independent
    assert told_of(rows, CHOSEN_BEFORE).independent


def test_exact_formulas_and_large_tables_stay_as_they_are():
    table = decay(2, noise=0.0)
    rows = JUDGE.split(table, Context(0))
    entrants = entrants_of(Parametric(largest=3, rounds=1, held_out=0.0).explain(rows.fitted), rows.fitted)
    assert all(each.last is each.before for each in finalists_of(entrants, rows, True))
    many = Rows(rows.fitted, decay(3, rows=500), rows.kept, rows.box)
    assert all(each.last is each.before for each in finalists_of(entrants, many, False))
    assert how_chosen(Finalist(entrants[0], entrants[0]), []) == ""


def test_the_claims_come_from_the_rows_that_were_held_out_and_can_be_measured_again():
    table = decay(4)
    finding = Race(methods=(Parametric(largest=3, rounds=1, held_out=0.0),)).explain(table)
    told = finding.claim("error")
    assert "before they were fitted too" in told.statement
    settings = finding.provenance.settings
    again = Judge(*(settings[name] for name in ("held_out", "few_rows", "fitted_rows", "claimed_rows", "exact")))
    claims = again.measured_again(finding.artifact, table, settings, Context(finding.provenance.seed))
    mine = {claim.statement: claim.evidence for claim in finding.claims}
    assert len(claims) > 5
    assert all(mine[claim.statement] == claim.evidence for claim in claims)
