"""Made readings of gauges, and the merge of their changes by hand."""
