"""Education cloud: schools, levels of education."""
