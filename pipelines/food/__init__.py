"""Food cloud: the Food and Drug Administration."""
