"""Disaster cloud: floods, shelters, earthquakes."""
