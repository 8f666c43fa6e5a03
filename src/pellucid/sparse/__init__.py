"""Kernels of sparse codes: the k largest of each row, decoding, and the gradients that touch only what fired."""
