"""What reaction networks are found to have: totals, reduced equations, siphons."""
