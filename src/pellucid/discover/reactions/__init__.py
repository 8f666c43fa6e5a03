"""What reaction networks conserve, and what their arrows say of their equilibria."""
