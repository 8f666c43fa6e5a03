"""Field equations: jets of their functions, multipliers, symmetries."""
