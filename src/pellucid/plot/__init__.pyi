from .automata import is_graph as is_graph
from .drawing import draw as draw
from .drawing import draws as draws
from .drawing import has_drawing as has_drawing
from .drawing import to_png as to_png
from .drawing import to_svg as to_svg
from .laws import draw_drift as draw_drift
from .laws import draw_orbits as draw_orbits
