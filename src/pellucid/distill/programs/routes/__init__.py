"""Routes: ways from observations of a network to programs."""
