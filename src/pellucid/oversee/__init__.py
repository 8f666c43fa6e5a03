"""Overseeing: what a policy does at worst, and how likely weak overseers hold strong systems."""

from ..core.doors import open_door

__getattr__, __dir__, __all__ = open_door(__name__, __file__)
