"""What is known of training: scaling laws, and what runs do."""
