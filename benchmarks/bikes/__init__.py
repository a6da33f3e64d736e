"""One job, ingest of bike readings, as it is written by hand with other tools: each a script of its own.

Each takes a landing folder and a folder for its two Delta tables, `silver` and `quarantine`. The job: read every file
as text; type it; refuse, with a reason and the cells as delivered, rows with unreadable text, without a key, with
counts outside 0 to 500, of another day than their file's, or that repeat a key; write the rest.
"""
