"""Nothing leaks: what columns tell of persons, what their values look like, and which cells are too small to show."""
