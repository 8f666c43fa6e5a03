"""What messages carry that those who watch cannot read."""
