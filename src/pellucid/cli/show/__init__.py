"""What of a finding is printed: each family of artifacts registers its own lines and tables (`finding.blocks_of`)."""
