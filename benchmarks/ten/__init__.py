"""Ten tables as one job, written by hand: seven data sets of agencies, and three tables that they make together.

`with_spark.py` is the command; it takes a landing folder, a folder for its tables, Delta's JARs and a folder of suites
as Great Expectations writes them. The job: read every file as text; type it; refuse, with reasons and the cells as
delivered, rows that cannot be read, break a critical rule or repeat a key; write the rest; make the curated tables;
have Great Expectations check all ten; write each curated table as Parquet too. `told.py` tells two ways' tables apart.
"""
