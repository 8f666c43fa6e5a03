"""Kinds of dictionaries: which latents of a row fire, and the gradients that follow from it; one file a kind."""
