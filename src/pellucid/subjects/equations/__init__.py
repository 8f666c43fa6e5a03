"""Systems of equations, field equations and their trajectories."""
