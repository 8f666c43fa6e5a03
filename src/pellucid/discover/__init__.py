"""Equations or trajectories to laws: conserved quantities, symmetries, integrable equations."""

from ..core.doors import open_door

__getattr__, __dir__, __all__ = open_door(__name__, __file__)
