"""How well oversight holds: ratings of guards and of those who evade them, and what follows for nested levels."""
