"""Tables of samples, with units."""
