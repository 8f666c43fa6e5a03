"""Physics from data: regions and their laws, a force split in two, one theory for several systems."""

from __future__ import annotations

from ..artifacts import ForceSplit, SharedTheory, Theories
from .pieces import described, shows

shows(ForceSplit, "Forces with a potential, and without", place=23)(described)
shows(SharedTheory, "One readout for all systems", place=24)(described)
shows(Theories, "Domains and their laws", place=25)(described)
