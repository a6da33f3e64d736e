"""Releases for consumers: their files, what is told of them, and how anyone checks them."""
