"""Checkpoints of other libraries: what each writes, and the dictionary that it comes down to; one file a library."""
