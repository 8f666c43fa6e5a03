from .poisson_flow import Diffusion as Diffusion
from .poisson_flow import PoissonFlow as PoissonFlow
from .screened_poisson import ScreenedPoisson as ScreenedPoisson
from .screened_poisson import effective_share as effective_share
from .smoothing_pde import SmoothingPDE as SmoothingPDE
