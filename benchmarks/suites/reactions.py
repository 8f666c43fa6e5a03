"""Reaction networks of the literature with what is known of them, written down before any was run.

Deficiency, weak reversibility and robust amounts: Feinberg, Foundations of Chemical Reaction Network Theory (2019),
Chem. Eng. Sci. 42, 2229 (1987); Shinar and Feinberg, Science 327, 1389 (2010). Siphons: Angeli, De Leenheer and Sontag,
Math. Biosci. 210, 598 (2007). What no source gives was worked out by hand from the definitions. Three entries were
corrected after a run showed that the hand had been wrong, each by a line of algebra: the gene's linear equations have a
law with logarithms; the Brusselator's X is robust (0 and X are in no terminal class; X = k1/k4 at rest); EnvZ and OmpR
have a third siphon, all but Xp and Yp, since nothing moves where all is Xp and Yp.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReactionCase:
    """A network, and what is true of it."""

    name: str
    reactions: str
    complexes: int
    linkage: int
    deficiency: int
    reversible: bool
    """Weakly."""
    totals: int
    """Dimension of the linear totals, whatever the rates."""
    siphons: int
    """Minimal ones."""
    critical: int
    """Of these, without a conserved total inside."""
    verdict: str = ""
    """Positive equilibria by the theorems of deficiency zero and one: "one" in each class, "none", "at most one"; ""
    where these say nothing."""
    robust: tuple[str, ...] = ()
    """Species whose amount is the same at all positive equilibria, by Shinar and Feinberg's theorem."""
    further: int | None = None
    """Independent laws of mass action beyond the totals; None where it is not known."""


C = ReactionCase
_TWO_SITES = """E + S0 <-> C1; C1 -> E + S1; E + S1 <-> C2; C2 -> E + S2
F + S2 <-> D2; D2 -> F + S1; F + S1 <-> D1; D1 -> F + S0"""
_ENVZ = """XD <-> X; X <-> XT; XT -> Xp; Xp + Y <-> XpY; XpY -> X + Yp
XD + Yp <-> XDYp; XDYp -> XD + Y"""
_CASCADE = """E + X <-> C1; C1 -> E + Xp; F + Xp <-> C2; C2 -> F + X
Xp + Y <-> C3; C3 -> Xp + Yp; G + Yp <-> C4; C4 -> G + Y"""
_PROOFREADING = "T + M <-> C0; C0 -> C1; C1 -> C2; C1 -> T + M; C2 -> T + M"
_PROCESSIVE = "E + S0 <-> C0; C0 <-> C1; C1 -> E + S2; F + S2 <-> D0; D0 <-> D1; D1 -> F + S0"

REACTIONS = (
    C("michaelis_menten", "E + S <-> C; C -> E + P", 3, 1, 0, False, 2, 2, 1, "none"),
    C("michaelis_menten_reversible", "E + S <-> C; C <-> E + P", 3, 1, 0, True, 2, 2, 0, "one"),
    C("futile_cycle", "E + S <-> C; C -> E + P; F + P <-> D; D -> F + S", 6, 2, 1, False, 3, 3, 0),
    C("futile_cycle_two_sites", _TWO_SITES, 10, 2, 2, False, 3, 3, 0),
    C("envz_ompr", _ENVZ, 10, 3, 1, False, 2, 3, 1, robust=("Yp",)),
    C("shinar_feinberg", "A + B -> 2B; B -> A", 4, 2, 1, False, 1, 1, 1, robust=("A",)),
    C("brusselator", "0 -> X; 2X + Y -> 3X; X -> Y; X -> 0", 5, 2, 1, False, 0, 0, 0, robust=("X",), further=0),
    C("oregonator", "Y -> X; X + Y -> 0; X -> 2X + 2Z; 2X -> 0; Z -> Y", 7, 2, 2, False, 0, 1, 1),
    C("schloegl", "2X <-> 3X; X <-> 0", 4, 2, 1, True, 0, 0, 0, further=0),
    C("lotka_volterra", "X -> 2X; X + Y -> 2Y; Y -> 0", 6, 3, 1, False, 0, 2, 2, robust=("X", "Y"), further=1),
    C("feinberg_standard", "A <-> 2B; A + C <-> D; D -> B + E; B + E -> A + C", 5, 2, 0, True, 2, 2, 1, "one"),
    C("edelstein", "A <-> 2A; A + B <-> C; C <-> B", 5, 2, 1, True, 1, 1, 0),
    C("horn_jackson", "3A -> A + 2B; A + 2B -> 3B; 3B -> 2A + B; 2A + B -> 3A", 4, 1, 2, True, 1, 1, 0, further=0),
    C("three_cycle", "A -> B; B -> C; C -> A", 3, 1, 0, True, 1, 1, 0, "one"),
    C("calmodulin", "Ca2+ + Cam <-> CaCam", 2, 1, 0, True, 2, 2, 0, "one", further=0),
    C("water", "2H2 + O2 -> 2H2O", 2, 1, 0, False, 2, 2, 2, "none", further=0),
    C("epidemic", "S + I -> 2I; I -> R", 4, 2, 0, False, 1, 2, 2, "none", further=1),
    C("epidemic_with_loss", "S + I -> 2I; I -> R; R -> S", 5, 2, 1, False, 1, 1, 1, robust=("S",)),
    C("gene", "0 -> M; M -> M + P; M -> 0; P -> 0", 4, 1, 1, False, 0, 0, 0, "at most one", ("M", "P"), 1),
    C("dimer", "2A <-> D; D -> 0; 0 -> A", 4, 1, 1, False, 0, 0, 0, "at most one", ("A", "D")),
    C("wegscheider", "A <-> B; B <-> C; C <-> A", 3, 1, 0, True, 1, 1, 0, "one"),
    C("receptor_dimer", "R + L <-> RL; 2RL <-> D", 4, 2, 0, True, 2, 2, 0, "one"),
    C("kinase_cascade", _CASCADE, 12, 4, 2, False, 5, 5, 0),
    C("two_component", "X -> Xp; Xp + Y -> X + Yp; Yp -> Y", 6, 3, 1, False, 2, 2, 0),
    C("deficiency_one_cycle", "A + B <-> C; C -> 2A; 2A -> 2B; 2B -> A + B", 4, 1, 1, True, 1, 1, 0, "one"),
    C("autocatalator", "0 -> A; A -> B; A + 2B -> 3B; B -> 0", 5, 2, 1, False, 0, 0, 0, further=0),
    C("robertson", "A -> B; 2B -> B + C; B + C -> A + C", 5, 2, 1, False, 1, 1, 1),
    C("suicide_substrate", "E + S <-> X; X -> Y; Y -> E + P; Y -> I", 5, 1, 0, False, 2, 2, 2, "none"),
    C("ping_pong", "E + A <-> EA; EA <-> F + P; F + B <-> FB; FB <-> E + Q", 6, 2, 0, True, 4, 5, 0, "one"),
    C("open_chain", "0 <-> A; A <-> B; B <-> 0", 3, 1, 0, True, 0, 0, 0, "one"),
    C("processive_two_sites", _PROCESSIVE, 8, 2, 1, False, 3, 3, 0),
    C("proofreading", _PROOFREADING, 4, 1, 0, True, 2, 2, 0, "one"),
    C("competitive_inhibition", "E + S <-> C; C -> E + P; E + I <-> D", 5, 2, 0, False, 3, 3, 1, "none"),
    C("selkov", "0 -> S; S + 2P -> 3P; P -> 0", 5, 2, 1, False, 0, 1, 1, robust=("P",)),
    C("water_ions", "H+ + OH- <-> H2O", 2, 1, 0, True, 2, 2, 0, "one", further=0),
    C("shuttle", "A + B -> C; C -> A + D; D -> B", 5, 2, 1, False, 2, 2, 0),
)
