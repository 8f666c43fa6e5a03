"""Features as the files of other tools."""
