"""Generation: new rows like those of a table, with how close they come and whether they are copies."""

from ..core.doors import open_door

__getattr__, __dir__, __all__ = open_door(__name__, __file__)
