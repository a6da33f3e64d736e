"""`lakeward run`."""

from __future__ import annotations

import os
import sys

import click

from lakeward.jobs import options
from lakeward.lake.errors import LakewardError


@click.command()
@options.selections
@options.landing
@options.lake
@options.master
@options.conf
@click.option("--submit", is_flag=True, help="Run by spark-submit, whose line is shown.")
@click.option("--deploy-mode", type=click.Choice(["client", "cluster"]), help="Where spark-submit has the driver run.")
@click.option("--dry-run", is_flag=True, help="Print spark-submit's line; run nothing.")
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0),
    default=3600,
    metavar="SECONDS",
    envvar="LAKEWARD_WAIT",
    show_default=True,
    show_envvar=True,
    help="How long to wait for another run on the same folder.",
)
@click.option(
    "--log",
    type=click.Choice(["text", "json"]),
    default="text",
    envvar="LAKEWARD_LOG",
    show_default=True,
    show_envvar=True,
    help="What is said on standard error: for people, or a line of JSON an event.",
)
@click.option("--branch", metavar="NAME", help="Work on this branch of the lake, made from main where there is none.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("--docs", is_flag=True, help="Make Great Expectations' Data Docs at the end.")
@options.notify
@click.option(
    "--notify-on",
    type=click.Choice(["gate", "end"]),
    default="gate",
    envvar="LAKEWARD_NOTIFY_ON",
    show_default=True,
    show_envvar=True,
    help="With --notify: tell of failed gates alone, or of each run's end, good or bad.",
)
def run(
    selections: tuple[str, ...], landing: str, lake: str, pipelines: str | None, as_json: bool, master: str | None,
    conf: dict[str, str], submit: bool, deploy_mode: str | None, dry_run: bool, wait_s: float, log: str,
    branch: str | None, quiet: bool, docs: bool, notify: str | None, notify_on: str,
) -> int:  # fmt: skip
    """Bring tables up to date: ingest, validate, curate, publish.

    What is up to date is left alone; a run with nothing new starts no JVM. Exit codes: 0 done, 2 asked wrongly, 65 a
    file cannot be used, 66 too many rows were refused, 70 our fault, 75 try again later.
    """
    from lakeward.jobs.notify import address, say, tell

    place = address(notify) if notify else None
    if branch is not None:  # an empty name is refused: it may come from a variable that is not set
        from lakeward.lake.branches import Branch
        from lakeward.lake.storage import Lake

        lake = str(Branch(Lake.at(lake), branch).made(wait_s).root)
    if submit or dry_run or deploy_mode:
        words = [*selections, "--landing", landing, "--lake", lake, *(["--pipelines", pipelines] if pipelines else [])]
        words += ["--wait", f"{wait_s:g}", *(["--log", log] if log != "text" else [])]
        words += [word for word, given in (("--json", as_json), ("--quiet", quiet), ("--docs", docs)) if given]
        os.environ.update(
            {"LAKEWARD_NOTIFY": notify, "LAKEWARD_NOTIFY_ON": notify_on} if notify else {}
        )  # never on the line
        return _submitted(words, (landing, lake), master, conf, deploy_mode == "cluster", dry_run, as_json)
    from lakeward.jobs import ending
    from lakeward.jobs.event_lines import event_lines
    from lakeward.jobs.progress import observer
    from lakeward.jobs.report import as_document, as_text
    from lakeward.jobs.run import run as run_tables

    is_live = sys.stderr.isatty() and not as_json
    try:
        with event_lines() if log == "json" else observer(is_live=is_live, is_quiet=quiet) as watching:
            report = run_tables(
                lake, landing, selections, own=pipelines, master=master, conf=conf, wait_s=wait_s, observer=watching,
                is_alone=bool(click.get_current_context().obj),
            )  # fmt: skip
    except LakewardError as error:
        if place and notify_on == "end":
            say(place, ending.of_error(lake, error))
        raise
    if place and notify_on == "end":
        say(place, ending.of_report(report))
    elif place:
        tell(place, report.lake, report.run_id, report.steps)
    if docs:
        from lakeward.quality import data_docs

        data_docs.build(report.lake)
    if as_json:
        options.show_json(as_document(report))
    elif not quiet:
        click.echo(as_text(report))
    return report.exit_code


def _submitted(
    words: list[str], places: tuple[str, str], master: str | None, conf: dict[str, str], is_cluster: bool,
    is_dry: bool, as_json: bool,
) -> int:  # fmt: skip
    from lakeward.jobs.submit import Submission, shown, submit

    line = Submission(words, places, master, is_cluster, conf).command()
    if is_dry and as_json:
        options.show_json({"schema": "lakeward.submit/1", "command": line})
    else:
        click.echo(shown(line), err=not is_dry)
    return 0 if is_dry else submit(line)
