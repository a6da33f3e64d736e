"""Where the data lives: sessions, storage, landing, Delta tables, releases."""
