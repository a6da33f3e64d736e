"""Culture cloud: temples, heritage, events."""
