"""Networks that learn sparse dictionaries, and their training."""
