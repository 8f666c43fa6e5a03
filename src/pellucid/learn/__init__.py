"""How learning happens: scaling laws with honest intervals, and what a training run is doing."""

from ..core.doors import open_door

__getattr__, __dir__, __all__ = open_door(__name__, __file__)
