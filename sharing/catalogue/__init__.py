"""The catalogue: one model of a table, made from its declaration and its newest release, and what is written of it."""
