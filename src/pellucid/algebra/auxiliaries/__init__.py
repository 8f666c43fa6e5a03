"""Functions that equations may hold, one file each: how each is rewritten, differentiated, eliminated and sampled."""
