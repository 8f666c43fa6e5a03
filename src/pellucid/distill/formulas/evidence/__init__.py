"""What is known about a formula: claims, and the structure left in its residuals."""
