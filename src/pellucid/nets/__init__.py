"""Networks built to be read, and the one training loop."""

from ..core.doors import open_door

__getattr__, __dir__, __all__ = open_door(__name__, __file__)
