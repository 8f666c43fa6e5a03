"""Findings as self-contained pages: nothing is loaded from elsewhere, nothing is run but what is on the page."""

from ..core.doors import open_door

__getattr__, __dir__, __all__ = open_door(__name__, __file__)
