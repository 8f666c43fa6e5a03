from .codes import Codes as Codes
from .codes import Fired as Fired
from .kernels import by_latent as by_latent
from .kernels import decode as decode
from .kernels import latent_sums as latent_sums
from .kernels import sampled_product as sampled_product
from .top_k import top_k as top_k
