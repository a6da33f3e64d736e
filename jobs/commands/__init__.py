"""The commands of the command line, one file each: `run.py` holds `run`.

Nothing heavy is imported before its command runs, for `lakeward --help` reads them all.
"""
