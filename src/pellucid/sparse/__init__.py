"""Kernels of sparse codes: the k largest of each row, decoding, and the gradients that touch only what fired."""

from ..core.doors import open_door

__getattr__, __dir__, __all__ = open_door(__name__, __file__)
