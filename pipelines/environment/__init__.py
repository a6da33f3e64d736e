"""Environment cloud: weather, air, water."""
