"""What we hold: one folder a domain, one file a data set, `curated/` for cross-agency tables."""
