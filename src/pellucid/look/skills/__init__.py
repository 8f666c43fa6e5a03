"""Skills: which neurons of a network one skill needs, and what is left of the others without the rest."""
