"""What runs: the command line and the Spark entry points."""
