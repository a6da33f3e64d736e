"""`lakeward verify`."""

from __future__ import annotations

import click

from lakeward.jobs import options
from lakeward.lake.errors import EXIT_DATA, EXIT_DONE


@click.command()
@click.argument("where")
@click.option("--key", "key_text", metavar="KEY", help="The publisher's public key: its text (RW…) or a file of it.")
@options.as_json
def verify(where: str, key_text: str | None, as_json: bool) -> int:
    """Check what was published: signatures, checksums, rows, columns, pointers.

    WHERE is a Parquet file, a release's folder, a table's folder of releases or a lake: here, in a store (s3a://…) or
    on the web (https://…/published/TABLE). Exits with 65 when anything is not right.
    """
    from lakeward.jobs.verified import as_document, as_text, place_of
    from lakeward.sharing.releases.keys import PublicKey
    from lakeward.sharing.releases.verify import verify as check

    found = check(place_of(where), PublicKey.named(key_text) if key_text else None)
    options.show_json(as_document(found)) if as_json else click.echo(as_text(found))
    return EXIT_DATA if found.problems else EXIT_DONE
