"""Skills: a network, and the rows of what it can do."""
