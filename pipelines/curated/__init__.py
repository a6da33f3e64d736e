"""Tables built from several agencies' data sets."""
