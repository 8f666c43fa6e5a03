"""What one model has that another, of which it was made, has not."""
