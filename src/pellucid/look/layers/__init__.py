"""What layers do: deleting and swapping them, attribution, stages of depth."""
