"""A first declaration and suite from a delivery: look at the file, at each column, at what is unique, then write."""
