"""Maps cloud: places, people, boundaries."""
