"""Disaster cloud: floods, earthquakes, shelters."""
