"""The command line.

Data goes to standard output, everything else to standard error. Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lakeward import __version__
from lakeward.lake.errors import EXIT_DONE, EXIT_OURS, EXIT_USAGE, LakewardError

if TYPE_CHECKING:
    from lakeward.lake.runs import Step
    from lakeward.lake.storage import Lake
    from lakeward.lake.web import Place
    from lakeward.pipelines.catalog import Table

EXIT_CHANGES = 3
EXIT_INTERRUPTED = 130
Command = TypeVar("Command", bound=Callable[..., Any])


def _names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    from lakeward.pipelines.catalog import declared

    tables = declared(context.params.get("pipelines"))
    return [name for name in tables if name.startswith(begun)]


def _where(command: Command) -> Command:
    lake = click.option(
        "--lake",
        default="./lake",
        envvar="LAKEWARD_LAKE",
        show_default=True,
        show_envvar=True,
        help="The lake's folder.",
    )
    own = click.option(
        "--pipelines",
        envvar="LAKEWARD_PIPELINES",
        show_envvar=True,
        help="A folder or package of your own declarations.",
    )
    return lake(own(_json(command)))


def _landing(command: Command) -> Command:
    return click.option(
        "--landing", default="./landing", envvar="LAKEWARD_LANDING", show_default=True, show_envvar=True,
        help="The folder (or fsspec URI) of the agencies' files.",
    )(command)  # fmt: skip


def _notify(command: Command) -> Command:
    return click.option(
        "--notify", metavar="URL", envvar="LAKEWARD_NOTIFY", show_envvar=True,
        help="Where to post JSON when a gate failed. The address itself is never shown.",
    )(command)  # fmt: skip


def _json(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")(command)


def _selections(command: Command) -> Command:
    return click.argument("selections", nargs=-1, metavar="[TABLE]...", shell_complete=_names)(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lakeward")
def lakeward() -> None:
    """The open-government data lakehouse: agency files in, trusted cross-agency tables out.

    TABLE is a name (gold.road_safety_weather), a domain (police.*) or a pattern; none means every table. What a table
    rests on comes with it.
    """


@lakeward.command()
@_selections
@_landing
@_where
@click.option("--master", help="Spark's master; by default LAKEWARD_MASTER, else local[*].")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("--docs", is_flag=True, help="Make Great Expectations' Data Docs at the end.")
@_notify
def run(
    selections: tuple[str, ...], landing: str, lake: str, pipelines: str | None, as_json: bool, master: str | None,
    quiet: bool, docs: bool, notify: str | None,
) -> int:  # fmt: skip
    """Bring tables up to date: ingest, validate, curate, publish.

    What is up to date is left alone; a run with nothing new starts no JVM. Exit codes: 0 done, 2 asked wrongly, 65 a
    file cannot be used, 66 too many rows were refused, 70 our fault, 75 try again later.
    """
    from lakeward.jobs.notify import address
    from lakeward.jobs.progress import observer
    from lakeward.jobs.report import as_document, as_text
    from lakeward.jobs.run import run as run_tables

    place = address(notify) if notify else None
    with observer(is_shown=not (quiet or as_json) and sys.stderr.isatty()) as watching:
        report = run_tables(lake, landing, selections, own=pipelines, master=master, observer=watching)
    if place:
        _tell(place, report.lake, report.run_id, report.steps)
    if docs:
        from lakeward.quality import data_docs

        data_docs.build(report.lake)
    if as_json:
        _print(as_document(report))
    elif not quiet:
        click.echo(as_text(report))
    return report.exit_code


@lakeward.command()
@_selections
@_where
@click.option("--master", help="Spark's master; by default LAKEWARD_MASTER, else local[*].")
@_notify
def replay(
    selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool, master: str | None, notify: str | None
) -> int:
    """Judge again what lies in the lake, after a rule or a correction was changed.

    Rows in quarantine that now pass come into silver, once; rows that no longer pass leave it. Nothing new is looked
    for in the landing zone. Where no declaration changed, nothing is done.
    """
    from lakeward.jobs.notify import address
    from lakeward.jobs.report import as_document, as_text
    from lakeward.jobs.run import run as run_tables

    place = address(notify) if notify else None
    report = run_tables(lake, None, selections, own=pipelines, master=master)
    if place:
        _tell(place, report.lake, report.run_id, report.steps)
    _print(as_document(report)) if as_json else click.echo(as_text(report))
    return report.exit_code


@lakeward.command()
@_selections
@_landing
@_where
@click.option("--detailed-exitcode", is_flag=True, help=f"Exit with {EXIT_CHANGES} when there is something to do.")
def plan(
    selections: tuple[str, ...], landing: str, lake: str, pipelines: str | None, as_json: bool, detailed_exitcode: bool
) -> int:
    """Show what `run` would do, and why. Nothing is written."""
    from lakeward.jobs.plan import plan as make_plan
    from lakeward.jobs.report import plan_document, plan_text
    from lakeward.lake.storage import Lake

    made = make_plan(Lake.at(lake), landing, _tables(pipelines, selections).values())
    if as_json:
        _print(plan_document(made))
    else:
        click.echo(plan_text(made))
    return EXIT_CHANGES if detailed_exitcode and not made.is_idle else EXIT_DONE


@lakeward.command("ls")
@_selections
@_where
def ls(selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool) -> None:
    """List tables: what they are, how many rows they hold, how their last run went."""
    from lakeward.jobs.show import list_document, list_text
    from lakeward.lake.storage import Lake

    listed = list_document(Lake.at(lake), _tables(pipelines, selections))
    _print(listed) if as_json else click.echo(list_text(listed))


@lakeward.command()
@click.argument("table", shell_complete=_names)
@_where
@click.option("--rows", default=5, show_default=True, help="How many rows to show.")
def show(table: str, lake: str, pipelines: str | None, as_json: bool, rows: int) -> None:
    """Show one table: titles, columns, deliveries, quarantine, release and first rows."""
    from lakeward.jobs.show import show_document, show_text
    from lakeward.lake.storage import Lake
    from lakeward.pipelines.catalog import declared, find

    shown = show_document(Lake.at(lake), find(declared(pipelines), table), rows)
    _print(shown) if as_json else click.echo(show_text(shown))


@lakeward.command()
@_where
@click.option("--limit", default=20, show_default=True, help="How many steps to show.")
def runs(lake: str, pipelines: str | None, as_json: bool, limit: int) -> None:
    """Show past runs, the newest first: rows read, written, quarantined and why."""
    from lakeward.jobs.report import steps_document, steps_text
    from lakeward.lake import runs as records
    from lakeward.lake.storage import Lake

    steps = records.steps(Lake.at(lake))[:limit]
    _print(steps_document(steps)) if as_json else click.echo(steps_text(steps))


@lakeward.command()
@click.argument("table", shell_complete=_names)
@_where
@click.option("--version", type=int, help="Which version of the table; by default the newest.")
@click.option("--explain", is_flag=True, help="Say how many scans and shuffles checking takes, and check nothing.")
@click.option("--master", help="Spark's master; by default LAKEWARD_MASTER, else local[*].")
@_notify
def validate(
    table: str, lake: str, pipelines: str | None, as_json: bool, version: int | None, explain: bool, master: str | None,
    notify: str | None,
) -> int:  # fmt: skip
    """Check a table that exists by its suite. Exits with 66 when a critical rule is broken."""
    from lakeward.jobs import check
    from lakeward.jobs.explain import as_text, explained
    from lakeward.jobs.notify import address
    from lakeward.lake.storage import Lake
    from lakeward.pipelines.catalog import declared, find

    found = find(declared(pipelines), table)
    if explain:
        said = explained(found)
        _print({"schema": "lakeward.explain/1", **said}) if as_json else click.echo(as_text(found, said))
        return EXIT_DONE
    place = address(notify) if notify else None
    checked = check.check(Lake.at(lake), found, version, master=master)
    if place:
        _tell(place, Lake.at(lake), checked.run_id, [checked.step])
    _print(check.as_document(checked)) if as_json else click.echo(check.as_text(checked))
    return checked.exit_code


@lakeward.command()
@click.argument("name", metavar="TABLE[.COLUMN]", shell_complete=_names)
@_where
def lineage(name: str, lake: str, pipelines: str | None, as_json: bool) -> None:
    """Trace columns back to the agencies' columns and files, from the plans that Spark really ran."""
    from lakeward.jobs import lineage as tracing
    from lakeward.lake.storage import Lake
    from lakeward.pipelines.catalog import declared, find

    tables = declared(pipelines)
    table, dot, column = name.removeprefix("silver.").rpartition(".")
    found = find(tables, table if dot in table else name)
    place = Lake.at(lake)
    origins = tracing.lineage_of(place, found, column if dot in table else None)
    _print(tracing.as_document(place, found, origins)) if as_json else click.echo(tracing.as_text(place, origins))


@lakeward.command()
@click.argument("table", required=False, shell_complete=_names)
@_where
@click.option("--docs", is_flag=True, help="Make Great Expectations' Data Docs of every suite and run; works offline.")
@click.option("--open", "opens", is_flag=True, help="Make the Data Docs and open them in a browser.")
def quality(
    table: str | None, lake: str, pipelines: str | None, as_json: bool, docs: bool, opens: bool
) -> int | None:  # fmt: skip
    """Show how rules came out, last time and before; without TABLE, how each table stands."""
    from lakeward.jobs import quality as told
    from lakeward.lake.storage import Lake
    from lakeward.pipelines.catalog import declared, find

    if docs or opens:
        page = told.pages(Lake.at(lake))
        _print({"schema": "lakeward.docs/1", "index": str(page)}) if as_json else click.echo(f"Data Docs lie in {page}")
        return click.launch(str(page)) if opens else EXIT_DONE

    if table is None:
        tables = told.summary(Lake.at(lake))
        _print({"schema": "lakeward.quality/1", "tables": tables}) if as_json else click.echo(told.summary_text(tables))
        return None
    name = find(declared(pipelines), table).table
    rules, drift = told.rules(Lake.at(lake), name), told.drift(Lake.at(lake), name)
    if as_json:
        _print({"schema": "lakeward.quality/1", "rules": rules, "drift": drift})
    else:
        click.echo(told.rules_text(rules) + told.drift_text(drift))
    return None


@lakeward.command()
@click.argument("table", shell_complete=_names)
@click.option("--pipelines", envvar="LAKEWARD_PIPELINES", help="A folder or package of your own declarations.")
def suite(table: str, pipelines: str | None) -> None:
    """Print a table's suite as the JSON file that Great Expectations 1.x reads."""
    from lakeward.pipelines.catalog import declared, find
    from lakeward.quality.across import is_across
    from lakeward.quality.gx_json import suite_json

    found = find(declared(pipelines), table)
    _print(suite_json(found.table, [each for each in found.suite if not is_across(each)]))
    if left := sum(map(is_across, found.suite)):
        click.echo(
            f"{left} expectations across tables are not in it: Great Expectations has no words for them", err=True
        )


@lakeward.command()
@click.argument("table", required=False, shell_complete=_names)
@_landing
@_where
@click.option("--limit", type=click.IntRange(0), default=3, show_default=True, help="Rows to show of each reason.")
@click.option("--reason", default="", help="Only rows whose reason holds this text, English or Chinese.")
@click.option("--file", default="", help="Only rows of this file; a pattern is allowed.")
@click.option("--pack", "to", metavar="FILE", help="Write the rows for the agency to FILE.xlsx or FILE.csv.")
def quarantine(table: str | None, landing: str, lake: str, pipelines: str | None, as_json: bool, **asked: Any) -> None:
    """Show refused rows by reason, or write them to one file for the agency; without TABLE, list where rows lie.

    A row with several reasons counts under each. --landing is where a pack looks for the files, to tell each row's
    bytes. In a CSV pack, cells that a spreadsheet would take for a formula get an apostrophe before them.
    """
    from lakeward.jobs.quarantine import answer
    from lakeward.lake.storage import Lake
    from lakeward.pipelines.catalog import declared

    document, text = answer(Lake.at(lake), declared(pipelines), table, landing=landing, **asked)
    _print(document) if as_json else click.echo(text)


@lakeward.command()
@click.argument("what", metavar="FILE|TABLE", shell_complete=_names)
@_landing
@_where
@click.option("--name", default="", help="domain.noun of the data set; by default after the file's folders.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, which must not exist."
)
def profile(
    what: str, landing: str, lake: str, pipelines: str | None, as_json: bool, name: str, out: Path | None
) -> None:
    """Draft a declaration and a suite from a FILE, or a suite from a TABLE in the lake.

    The draft loads, plans and runs as it is; look over its names, units, key and rules. Big files are looked at in
    their first rows.
    """
    from lakeward.jobs.profile import answer

    document, text = answer(what, landing, lake, pipelines, name=name, out=out)
    _print(document) if as_json else click.echo(text, nl=False)


@lakeward.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@_selections
@click.option("--rows", default=2_000, show_default=True, help="About how many rows to make of each data set.")
@click.option("--seed", default=2026, show_default=True, help="Same seed and rows, same bytes.")
@click.option("--pipelines", envvar="LAKEWARD_PIPELINES", help="A folder or package of your own declarations.")
def sample(folder: Path, selections: tuple[str, ...], rows: int, seed: int, pipelines: str | None) -> None:
    """Write made files, in the agencies' formats and with their messes, to a landing FOLDER."""
    from lakeward.pipelines.dataset import Dataset
    from lakeward.pipelines.sample.folder import write

    datasets = [table for table in _tables(pipelines, selections).values() if isinstance(table, Dataset)]
    made = write(folder, datasets, rows=rows, seed=seed)
    click.echo(f"{len(made)} made files of {len(datasets)} data sets in {folder}, listed in {folder / 'MADE.md'}")
    click.echo(f"next: lakeward run --landing {folder} --lake ./lake {' '.join(selections)}".rstrip())


@lakeward.command()
@_selections
@_landing
@click.option("--pipelines", envvar="LAKEWARD_PIPELINES", help="A folder or package of your own declarations.")
@click.option("--allow-private", is_flag=True, help="Also download from addresses inside your own network.")
@_json
def fetch(selections: tuple[str, ...], landing: str, pipelines: str | None, allow_private: bool, as_json: bool) -> int:
    """Download what declarations name by URL into the landing folder."""
    from lakeward.jobs.fetch import fetch as fetch_tables

    fetched = fetch_tables(_tables(pipelines, selections).values(), landing, allow_private=allow_private)
    if as_json:
        _print({"schema": "lakeward.fetch/1", "files": [each.document() for each in fetched]})
    else:
        for each in fetched:
            click.echo(each.text())
        click.echo(f"{len(fetched)} addresses asked", err=True)
    return max((each.exit_code for each in fetched), default=EXIT_DONE)


@lakeward.command()
@_landing
@_where
def doctor(landing: str, lake: str, pipelines: str | None, as_json: bool) -> int:
    """Say what is missing on this machine, and the command that mends it."""
    from lakeward.jobs.doctor import checks

    found = checks(lake, landing if Path(landing).exists() else None)
    if as_json:
        told = [{"name": c.name, "ok": c.ok, "found": c.found, "remedy": "" if c.ok else c.remedy} for c in found]
        _print({"schema": "lakeward.doctor/1", "checks": told})
    else:
        for check in found:
            mark = "ok  " if check.ok else ("note" if check.optional else "MISSING")
            click.echo(
                f"{mark:8}{check.name}: {check.found}" + ("" if check.ok else f"\n        remedy: {check.remedy}")
            )
    return EXIT_DONE if all(check.ok or check.optional for check in found) else EXIT_USAGE


@lakeward.command()
@click.option("--s3", is_flag=True, help="Also what S3 and Ceph need.")
def setup(s3: bool) -> None:
    """Fetch Spark's JARs once and make a session start fast; does nothing when nothing is missing."""
    from lakeward.jobs.setup import setup as set_up

    for line in set_up(s3=s3):
        click.echo(line)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code."""
    try:
        code = lakeward.main(list(sys.argv[1:] if argv is None else argv), prog_name="lakeward", standalone_mode=False)
        sys.stdout.flush()
    except LakewardError as error:
        click.echo(f"lakeward: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("lakeward: interrupted; the next run goes on from here", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    except Exception as error:
        if os.environ.get("LAKEWARD_DEBUG"):
            raise
        click.echo(
            f"lakeward: {type(error).__name__}: {error}\n"
            "  remedy: this is our fault; run again with LAKEWARD_DEBUG=1 and report what it prints",
            err=True,
        )
        return EXIT_OURS
    return code if isinstance(code, int) else EXIT_DONE


def _tell(place: Place, lake: Lake, run_id: str, steps: Sequence[Step]) -> None:
    from lakeward.jobs import notify

    told = notify.document(lake, run_id, steps)
    if told and (why := notify.post(place, told)):
        click.echo(f"lakeward: {why}", err=True)


def _tables(own: str | None, selections: Sequence[str]) -> dict[str, Table]:
    from lakeward.pipelines.catalog import declared, select

    return select(declared(own), selections)


def _print(document: object) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


if __name__ == "__main__":
    raise SystemExit(main())
