"""Partial differential equations whose fields are given on a grid: the classical ones, and others.

`FRESH` was written down before anything was run on it. `half` parts it by a hash of the names: the first half may be
looked at while the search is worked on, the second is run once, at the end. `LATER` was written down after both had
been run, for a comparison with peers, and is parted in the same way. Numbers are those that a textbook, or whoever ran
such an experiment, might have: none is a power of ten by design. Fields start as a few long waves with random phases,
but where `start` says otherwise, on a ring of `length`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldCase:
    """Equations, as `Evolution.parse` reads them (with derivatives in y), and where and how long they are seen."""

    name: str
    equations: str
    length: float
    end: float
    points: int = 256
    times: int = 120
    start: str = "waves"
    """waves: mean 0, rms 1. positive: between 0.1 and 1.1. near: `mean` and a little. pulses: two solitary humps."""
    size: float = 1.0
    mean: float = 0.0
    skip: float = 0.0
    """Time that passes before the first sample."""
    planar: bool = False


CLASSICS = (
    FieldCase("burgers", "u_t = -u*u_x + 0.1*u_xx", 16, 5),
    FieldCase("kdv", "u_t = -6*u*u_x - u_xxx", 24, 2.5, start="pulses", size=0.5),
    FieldCase("kuramoto_sivashinsky", "u_t = -u*u_x - u_xx - u_4x", 60, 40, skip=40, times=160),
    FieldCase("fisher", "u_t = 0.5*u_xx + u - u**2", 20, 4, start="positive"),
    FieldCase("heat", "u_t = 0.3*u_xx", 10, 4, 128, 80),
    FieldCase("advection", "u_t = -1.5*u_x", 10, 4, 128, 80),
    FieldCase("allen_cahn", "u_t = 0.2*u_xx + u - u**3", 20, 4),
    FieldCase("schroedinger", "u_t = -0.5*v_xx - u**2*v - v**3; v_t = 0.5*u_xx + u**3 + u*v**2", 16, 3, 256, 160),
    FieldCase(
        "lambda_omega",
        "u_t = 0.1*u_xx + 0.1*u_yy + u - u**3 - u*v**2 + u**2*v + v**3;"
        "v_t = 0.1*v_xx + 0.1*v_yy + v - u**2*v - v**3 - u**3 - u*v**2",
        12,
        4,
        64,
        60,
        planar=True,
    ),
    FieldCase(
        "gray_scott", "u_t = 0.02*u_xx - u*v**2 + 0.04 - 0.04*u; v_t = 0.01*v_xx + u*v**2 - 0.1*v", 6, 30,
        start="positive",
    ),
)  # fmt: skip

FRESH = (
    FieldCase("modified_kdv", "u_t = -6*u**2*u_x - u_xxx", 20, 2, start="waves", size=0.7),
    FieldCase("gardner", "u_t = -6*u*u_x - 1.5*u**2*u_x - u_xxx", 22, 2, start="pulses", size=0.4),
    FieldCase("kdv_burgers", "u_t = -u*u_x + 0.15*u_xx - 0.4*u_xxx", 20, 5),
    FieldCase("kawahara", "u_t = -u*u_x - u_xxx + 0.35*u_5x", 30, 4),
    FieldCase("benney", "u_t = -u*u_x - u_xx - 0.6*u_xxx - u_4x", 50, 30, skip=30, times=160),
    FieldCase("swift_hohenberg", "u_t = -0.7*u - 2*u_xx - u_4x - u**3", 40, 10),
    FieldCase("cahn_hilliard", "u_t = -u_xx + 6*u*u_x**2 + 3*u**2*u_xx - 0.25*u_4x", 16, 1.5, times=160),
    FieldCase("porous_medium", "u_t = 2*u*u_xx + 2*u_x**2", 12, 3, start="positive"),
    FieldCase("surface_growth", "u_t = 0.4*u_xx + 0.85*u_x**2", 16, 4),
    FieldCase("cooled_stream", "u_t = -0.8*u_x + 0.12*u_xx - 0.35*u", 12, 4, 128, 80),
    FieldCase("burgers_huxley", "u_t = 0.3*u_xx - u*u_x - 0.3*u + 1.3*u**2 - u**3", 16, 4, start="positive"),
    FieldCase("zeldovich", "u_t = 0.25*u_xx + u**2 - u**3", 16, 6, start="positive"),
    FieldCase("nagumo_recovery", "u_t = 0.2*u_xx + u - u**3 - v; v_t = 0.3*u - 0.24*v", 20, 8),
    FieldCase("brusselator", "u_t = 0.05*u_xx + 1 - 3.2*u + u**2*v; v_t = 0.4*v_xx + 2.2*u - u**2*v", 10, 6,
              start="near", mean=1.5, size=0.6),
    FieldCase("predators", "u_t = 0.1*u_xx + u - u*v; v_t = 0.2*v_xx + 0.8*u*v - 0.8*v", 14, 8, start="near",
              mean=1.0, size=0.35),
    FieldCase("klein_gordon", "u_t = v; v_t = 1.7*u_xx - 0.6*u", 18, 6),
    FieldCase("quartic_waves", "u_t = v; v_t = u_xx - u - 0.5*u**3", 18, 6),
    FieldCase("shallow_water", "u_t = -v*u_x - u*v_x; v_t = -v*v_x - 2*u_x + 0.1*v_xx", 20, 3, start="near", mean=1.5,
              size=0.3),
    FieldCase("free_particle", "u_t = -0.5*v_xx; v_t = 0.5*u_xx", 14, 3, 128, 120),
    FieldCase("ginzburg_landau",
              "u_t = u + u_xx - 0.5*v_xx - u**3 - u*v**2 - 1.2*u**2*v - 1.2*v**3;"
              "v_t = v + 0.5*u_xx + v_xx + 1.2*u**3 + 1.2*u*v**2 - u**2*v - v**3", 24, 5, times=160),
    FieldCase("anisotropic_plume", "u_t = 0.2*u_xx + 0.05*u_yy - 0.9*u_y", 6, 2, 48, 60, planar=True),
    FieldCase("planar_fisher", "u_t = 0.15*u_xx + 0.15*u_yy + 1.4*u - 1.4*u**2", 8, 3, 48, 60, "positive", planar=True),
    FieldCase("planar_burgers", "u_t = -u*u_x - u*u_y + 0.2*u_xx + 0.2*u_yy", 10, 2.5, 64, 60, planar=True),
    FieldCase("relaxing_traffic", "u_t = -u_x + 2*u*u_x + 0.2*u_xx", 16, 4, start="positive"),
)  # fmt: skip

LATER = (
    FieldCase("steepening_squared", "u_t = -u**2*u_x + 0.15*u_xx", 16, 4),
    FieldCase("dispersive_decay", "u_t = -0.6*u_xxx - 0.4*u", 16, 3),
    FieldCase("bending_creep", "u_t = -0.2*u_4x", 14, 3),
    FieldCase("damped_flame", "u_t = -u*u_x - u_xx - u_4x - 0.15*u", 60, 40, skip=40, times=160),
    FieldCase("fifth_order_waves", "u_t = -u*u_x - 0.5*u_5x", 26, 3),
    FieldCase("drifting_front", "u_t = 0.3*u_xx - 0.7*u_x - 0.6*u + 1.6*u**2 - u**3", 18, 5, start="positive"),
    FieldCase("pitchfork_line", "u_t = 0.15*u_xx + 1.2*u - 1.2*u**3", 18, 4),
    FieldCase("growing_film", "u_t = 0.3*u_xx + 0.6*u_x**2 - 0.25*u", 16, 4),
    FieldCase("lossy_sound", "u_t = -1.3*v_x; v_t = -1.3*u_x + 0.05*v_xx", 16, 5),
    FieldCase("excitable_line", "u_t = 0.15*u_xx + u - 0.4*u**3 - v + 0.3; v_t = 0.35*u - 0.28*v + 0.2", 20, 8),
    FieldCase("feeding_pattern", "u_t = 0.05*u_xx + 0.2 - u + u**2*v; v_t = 0.6*v_xx + 1.3 - u**2*v", 10, 5,
              start="near", mean=1.2, size=0.5),
    FieldCase("lossy_envelope", "u_t = -0.5*v_xx - u**2*v - v**3 - 0.1*u; v_t = 0.5*u_xx + u**3 + u*v**2 - 0.1*v", 16,
              3, times=160),
    FieldCase("two_grasses", "u_t = 0.1*u_xx + u - u**2 - 0.6*u*v; v_t = 0.2*v_xx + 0.8*v - 0.8*v**2 - 0.5*u*v", 14,
              5, start="positive"),
    FieldCase("defocusing_waves", "u_t = 6*u**2*u_x - u_xxx", 20, 1.5, size=0.6),
    FieldCase("potential_flame", "u_t = -0.5*u_x**2 - u_xx - u_4x", 50, 30, skip=30, times=160),
    FieldCase("planar_pitchfork", "u_t = 0.2*u_xx + 0.2*u_yy + u - u**3", 9, 3, 48, 60, planar=True),
)  # fmt: skip
