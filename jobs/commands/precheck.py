"""`lakeward precheck`."""

from __future__ import annotations

from pathlib import Path

import click

from lakeward.jobs import options
from lakeward.lake.errors import EXIT_DATA, EXIT_DONE


@click.command()
@click.argument("what", nargs=-1, required=True, metavar="FILE...|URL...|TABLE")
@options.lake
@click.option("--form", type=click.Path(path_type=Path), help="The portal's metadata form of the files, as JSON.")
@click.option("--fields", metavar="NAMES", help="The columns that the form describes, as 站碼,日期,雨量.")
@click.option("--encoding", help="The encoding that the form names; UTF-8 otherwise.")
@click.option("--url", help="The address at which the file will be downloaded.")
@options.base_url
@click.option("--allow-private", is_flag=True, help="Also ask addresses inside your own network.")
def precheck(
    what: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool, form: Path | None, fields: str | None,
    encoding: str | None, url: str | None, base_url: str | None, allow_private: bool,
) -> int:  # fmt: skip
    """Tell what data.gov.tw's quality check will find in a file, before it is uploaded.

    A file of yours, one at an address, or the files of a released table.

    上傳前先檢查資料品質：連結、下載、結構化、編碼、欄位說明、可轉為 CSV。
    """
    from lakeward.jobs import precheck as job
    from lakeward.pipelines.catalog import declared, find
    from lakeward.sharing.catalogue.address import Addresses

    if len(what) == 1 and not Path(what[0]).exists() and "/" not in what[0] and what[0].startswith("gold."):
        at = Addresses.at(base_url) if base_url else Addresses()
        told = job.release_document(options.opened(lake), find(declared(pipelines), what[0]), at)
    else:
        said = {each: job.described(each, form, fields, encoding, url) for each in what}
        told = job.files_document(said, allow_private=allow_private)
    options.show_json(told) if as_json else click.echo(job.as_text(told))
    return EXIT_DATA if "0" in told["flags"].values() else EXIT_DONE
