"""The job `narrow`: a network and a table of what it can do become a smaller network with one skill of it.

network, table -> skills -> group lasso -> smaller weights, beside others of the same size -> finding
"""

from __future__ import annotations

from pathlib import Path

from ..artifacts.mechanisms.narrow_network import NarrowNetwork
from ..core.claim import Claim
from ..core.finding import Finding
from ..core.measurement import Evidence, measured_by, measurement
from ..core.reporter import SILENT, Reporter
from ..look.skills.skill_pruning import SkillPruning
from ..run.cached import cached
from ..subjects.skills.skills import Skills
from .measured_again import found_again
from .sources import READERS
from .subjects.skill_tables import read_skills


def find_narrow(
    skills: Skills, method: SkillPruning | None = None, *, seed: int = 0, reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[NarrowNetwork]:  # fmt: skip
    """The network cut down to the skill that is kept."""
    found = cached(method or SkillPruning(), skills, seed, folder=checkpoint, reporter=reporter)
    claims = measured_by("jobs.narrow", found.claims)
    return Finding(found.artifact, claims, found.provenance, found.parts, found.proofs)


@measurement("jobs.narrow", on_data=True)
def _measured_again(evidence: Evidence) -> tuple[Claim, ...]:
    """The network is cut down once more. Raises ValueError where another one comes out than the folder holds."""
    return found_again(evidence)


@READERS.add("narrow")
def open_skills(
    path: str | Path, seed: int = 0, *, model: str = "", keep: str = "", forget: str | None = None,
    skill: str | None = None, target: str = "", activation: str | None = None, whole: bool = False,
) -> Skills:  # fmt: skip
    """The skills in the table `path`, and the network: `model` is its file of weights, or "WEIGHTS,FILE.py:NAME".

    The code that makes a module stands with its weights, as a folder must not name code that is run. Raises ValueError.
    """
    network, _, code = model.partition(",")
    return read_skills(network, path, keep=keep, forget=forget, skill=skill, target=target, code=code or None,
                       activation=activation, whole=whole)  # fmt: skip
