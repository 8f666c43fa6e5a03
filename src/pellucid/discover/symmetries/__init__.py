"""Point symmetries, Noether symmetries and hidden symmetries of given equations."""
