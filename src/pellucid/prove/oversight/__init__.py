"""That levels of oversight are placed as well as can be."""
