"""That no clustering is better than those that are listed, or only by so much."""
