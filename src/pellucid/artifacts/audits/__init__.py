"""What is found out about features and models when they are tried: labels, steering, comparisons, alarms."""
