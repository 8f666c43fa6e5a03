"""Kernels of sparse codes: the k largest of each row, decoding, and the gradients that touch only what fired."""

from .codes import Codes, Fired
from .kernels import by_latent, decode, latent_sums, sampled_product
from .top_k import top_k

__all__ = ["Codes", "Fired", "by_latent", "decode", "latent_sums", "sampled_product", "top_k"]
