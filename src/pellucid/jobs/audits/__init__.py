"""Jobs that try what was found: labels, steering, a page that asks, alarms, comparisons, files of other tools."""
