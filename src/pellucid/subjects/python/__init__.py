"""Python files whose functions say what they do: contracts as comments, their meaning in Dafny, and runs."""
