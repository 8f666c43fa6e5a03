"""The scikit-learn face: formulas and spline networks as regressors, grades and merged categories as transformers."""

from ..core.doors import open_door

__getattr__, __dir__, __all__ = open_door(__name__, __file__)
