"""Make this machine ready: fetch the JARs, record the class-data archive. Does nothing when nothing is to be done.

python -m lakeward.jobs.setup [--s3]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from lakeward.lake import archive, functions, jars, jvm, logstore
from lakeward.lake.errors import EXIT_DONE, LakewardError

REHEARSAL = "lakeward.jobs.rehearsal"


def setup(s3: bool = False) -> list[str]:
    """Fetch the JARs that are lacking and make the class-data archive; give one line for each thing looked at.

    Args:
        s3: also fetch what Spark needs for S3 stores, and build the LogStore where the wheel brought none.

    Raises:
        JavaMissing: there is no Java.
        LakewardError: a JAR differs from the lock, or the network is away.
    """
    if jars.java() is None:
        raise jars.JavaMissing
    sets = (jars.DELTA, jars.LINEAGE, *((jars.S3A,) if s3 else ()))
    fetched = jars.fetch(sets)
    kept = sum(len(jars.jars(name)) for name in sets) - len(fetched)
    lines = [f"JARs: {len(fetched)} fetched, {kept} kept, in {jars.jar_folder()}"]
    lines.append(f"functions for Spark: {functions.jar().name}")
    if s3:
        lines.append(f"LogStore for S3 stores: {logstore.build()}")
    path = jvm.archive_path()
    had = path is not None and path.is_file()
    try:
        made = archive.make_archive(REHEARSAL)
    except LakewardError as failure:  # nothing else needs it
        return [*lines, str(failure), "sessions start slower, nothing else changes"]
    if made is None:
        lines.append("class-data archive: this Java cannot make one; sessions start slower, nothing else changes")
    else:
        lines.append(f"class-data archive: {'kept' if had else 'made'}, {made.stat().st_size >> 20} MiB")
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Run set-up from a shell."""
    parser = argparse.ArgumentParser(prog="lakeward setup", description="Fetch the JARs, make the class-data archive.")
    parser.add_argument("--s3", action="store_true", help="also fetch what S3 stores need")
    try:
        lines = setup(parser.parse_args(argv).s3)
    except LakewardError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print("\n".join(lines))
    return EXIT_DONE


if __name__ == "__main__":
    raise SystemExit(main())
