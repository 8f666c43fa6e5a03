"""Compression: which distinctions can go, how little is lost by it, and what no other way can do better."""

from ..core.doors import open_door

__getattr__, __dir__, __all__ = open_door(__name__, __file__)
