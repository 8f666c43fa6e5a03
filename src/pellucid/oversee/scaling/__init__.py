"""Scaling of oversight: ratings from games, curves over general ability, and nested levels."""
