"""Twenty-four systems of which signs of coefficients are told, at some noise; four times a sign that is false.

Written down before any was run; `halves` parts them by a hash of their names. As (system, noise, signs told, whether
these are true).
"""

from __future__ import annotations

from dataclasses import dataclass

from .dynamics import System


@dataclass(frozen=True)
class Signed:
    """One of `SIGNED`."""

    system: System
    noise: float
    signs: tuple[str, ...]
    true: bool = True

    @property
    def name(self) -> str:
        return self.system.name


SIGNED = (
    Signed(System("buoy", "h w", ("w", "-3.1*h - 0.12*w"), (-1, -1), (1, 1)), 0.02, ("w': w <= 0",)),
    Signed(System("sledge_on_snow", "x v", ("v", "-0.4*v - 0.11*v**3"), (0, -2), (2, 2), step=0.06), 0.01,
           ("v': v <= 0", "v': v**3 <= 0")),
    Signed(System("soft_spring", "x v", ("v", "-2*x + 0.5*x**3 - 0.1*v"), (-1.2, -1), (1.2, 1)), 0.02,
           ("v': v <= 0", "v': x <= 0")),
    Signed(System("crowded_yeast", "N", ("0.55*N - 0.11*N**2",), (0.2,), (7,), orbits=14, samples=80), 0.03,
           ("N': N**2 <= 0", "N': N >= 0")),
    Signed(System("whales_and_krill", "K W", ("0.9*K - 0.3*K**2 - 0.4*K*W", "-0.35*W + 0.3*K*W"), (0.5, 0.3),
                  (2.5, 1.5), step=0.15), 0.01, ("K': K**2 <= 0", "K': K*W <= 0", "W': K*W >= 0")),
    Signed(System("algae_on_ice", "A", ("0.4*A - 0.05*A**3",), (0.3,), (4,), orbits=14, samples=80), 0.02,
           ("A': A**3 <= 0",)),
    Signed(System("fever", "V T", ("0.8*V - 0.5*V*T", "0.3*V - 0.25*T"), (0.3, 0.2), (2, 2), step=0.12), 0.02,
           ("V': V*T <= 0", "T': T <= 0")),
    Signed(System("leaking_tanks", "a b c", ("-0.6*a", "0.6*a - 0.4*b", "0.4*b - 0.2*c"), (0.5, 0, 0), (3, 2, 2)), 0.03,
           ("a': a <= 0", "b': b <= 0", "c': c <= 0")),
    Signed(System("dimer_loss", "m", ("1.5 - 0.7*m**2",), (0,), (3.5,), orbits=14, samples=60, step=0.05), 0.02,
           ("m': m**2 <= 0",)),
    Signed(System("motor_and_load", "i w", ("2 - 1.1*i - 0.5*w", "0.9*i - 0.3*w"), (-1, -1), (3, 3)), 0.02,
           ("i': i <= 0", "w': w <= 0")),
    Signed(System("bouncing_light", "E N", ("-0.5*E + 0.6*E*N", "1.2 - 0.4*N - 0.7*E*N"), (0.1, 0.3), (1.5, 2)), 0.01,
           ("N': E*N <= 0", "E': E <= 0")),
    Signed(System("two_springs_in_oil", "x y a b", ("a", "b", "-2*x + 0.5*y - 0.2*a", "0.5*x - 1.5*y - 0.3*b"),
                  (-1, -1, -1, -1), (1, 1, 1, 1)), 0.01, ("a': a <= 0", "b': b <= 0")),
    Signed(System("cooling_plate", "T", ("-0.3*T - 0.02*T**3",), (-4,), (4,), orbits=14, samples=60), 0.02,
           ("T': T <= 0", "T': T**3 <= 0")),
    Signed(System("tired_top", "p q r", ("0.5*q*r - 0.1*p", "-0.9*p*r - 0.1*q", "0.4*p*q - 0.1*r"), (-2, -2, -2),
                  (2, 2, 2)), 0.01, ("p': p <= 0", "q': q <= 0", "r': r <= 0")),
    Signed(System("mussel_bed", "M", ("0.2 + 0.5*M - 0.16*M**2",), (0,), (5,), orbits=14, samples=80), 0.02,
           ("M': M**2 <= 0",)),
    Signed(System("trade_cycle", "y k", ("1.2*y - 0.3*y**3 - 0.6*k", "0.5*y - 0.2*k"), (-2, -1.5), (2, 1.5)), 0.02,
           ("y': y**3 <= 0", "k': k <= 0")),
    Signed(System("dancing_fountain", "x v", ("v", "-1.7*x - 0.3*v + 0.9*u"), (-1, -1), (1, 1), inputs="u"), 0.02,
           ("v': v <= 0", "v': u >= 0")),
    Signed(System("lichen", "L S", ("0.6*L*S - 0.2*L", "0.5 - 0.5*S - 0.6*L*S"), (0.1, 0.1), (1.5, 1.2), step=0.15),
           0.01, ("L': L <= 0", "S': L*S <= 0")),
    Signed(System("slow_valve", "q p", ("0.8*p - 0.5*q", "1 - 0.4*p - 0.3*q*p"), (0, 0), (2, 2)), 0.02,
           ("q': q <= 0", "p': p*q <= 0")),
    Signed(System("vine", "l g", ("g", "-0.8*g + 0.6*l - 0.2*l**3"), (-1.8, -1), (1.8, 1)), 0.02, ("g': g <= 0",)),
    Signed(System("falsely_damped", "x v", ("v", "-1.8*x + 0.15*v"), (-1, -1), (1, 1)), 0.01, ("v': v <= 0",), False),
    Signed(System("falsely_crowded", "N", ("0.1*N + 0.05*N**2",), (0.1,), (2,), samples=60), 0.01,
           ("N': N**2 <= 0",), False),
    Signed(System("falsely_pulled", "x v", ("v", "-2.2*x - 0.2*v"), (-1, -1), (1, 1)), 0.01, ("v': x >= 0",), False),
    Signed(System("falsely_fed", "a b", ("-0.5*a", "0.5*a - 0.3*b"), (0.5, 0), (3, 2)), 0.01, ("b': a <= 0",), False),
)  # fmt: skip
