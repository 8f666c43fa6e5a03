"""What is lost by telling fewer things apart: frontiers of clusterings, and grades of a score."""
