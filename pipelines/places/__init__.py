"""Where things are: the one function each for counties, towns, villages, coordinates, polygons, addresses, holidays."""
