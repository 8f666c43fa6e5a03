"""One drawing for each artifact. The only room that imports matplotlib, and only once something is drawn.

Each file holds the drawings of a family of artifacts, and registers them (`drawing.draws`); a new one needs no line
elsewhere. Colours are Okabe and Ito's, which people with any colour vision tell apart.
"""

from ..core.doors import open_door

__getattr__, __dir__, __all__ = open_door(__name__, __file__)
