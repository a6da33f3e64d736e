"""Traffic cloud: bikes, metro, roads."""
