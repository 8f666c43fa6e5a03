"""Pages of what is known of training."""
