"""How complex the function of a network is, checkpoint by checkpoint, and what averaging its weights tells."""
