from .poisson_flow import Diffusion as Diffusion
from .poisson_flow import PoissonFlow as PoissonFlow
