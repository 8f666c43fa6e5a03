"""The toy type is copied into a tree of its own; imported here it would register itself beside the real ones."""

collect_ignore = ["toy"]
