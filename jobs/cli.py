"""The command line: `lakeward COMMAND`, each command a file of `jobs/commands`.

Data goes to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import pkgutil
import signal
import sys
import threading
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn

import click

from lakeward import __version__
from lakeward.jobs import commands
from lakeward.lake.errors import EXIT_DONE, EXIT_OURS, EXIT_USAGE, LakewardError, UsageError

EXIT_INTERRUPTED, EXIT_TERMINATED = 130, 143
LAST_SECONDS = 25
"""How long after SIGTERM this process may go on tidying up; schedulers send SIGKILL after 30 s."""


class Commands(click.Group):
    """The commands that lie in `jobs/commands`; only the one that is asked for is loaded."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command."""
        return sorted(each.name for each in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command; None when there is none of this name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = getattr(import_module(f"{commands.__name__}.{cmd_name}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command asked for; a name that is none is answered with the near ones."""
        known = self.list_commands(ctx)
        if args[0] not in known and (near := get_close_matches(args[0], known)):
            ctx.fail(f"No such command {args[0]!r}. Did you mean {' or '.join(near)}?")
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lakeward")
def lakeward() -> None:
    """The open-government data lakehouse: agency files in, trusted cross-agency tables out.

    TABLE is a name (gold.road_safety_weather), a domain (police.*) or a pattern; none means every table. What a table
    rests on comes with it.
    """


class Terminated(SystemExit):
    """SIGTERM has come: a scheduler, or a person, wants this process to end."""


def _terminate(number: int, _: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)
    last = threading.Timer(LAST_SECONDS, os._exit, (EXIT_TERMINATED,))
    last.daemon = True
    last.start()
    raise Terminated(EXIT_TERMINATED)


def _unforeseen(error: Exception) -> int:
    """Say whose fault an error is that no code of ours foresaw: a library's that is not here, a store's, else ours."""
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("lakeward"):
        lacking = UsageError(
            f"this needs {error.name.partition('.')[0]}, which is not installed",
            remedy="`pip install lakeward[spark]` brings what makes tables, `lakeward[all]` everything",
        )
        click.echo(f"lakeward: {lacking}", err=True)
        return lacking.exit_code
    if s3 := sys.modules.get("lakeward.lake.s3"):
        try:
            with s3.explained("the lake"):
                raise error
        except LakewardError as failure:
            click.echo(f"lakeward: {failure}", err=True)
            return failure.exit_code
        except Exception:  # noqa: S110 - no store said it
            pass
    click.echo(
        f"lakeward: {type(error).__name__}: {error}\n"
        "  remedy: this is our fault; run again with LAKEWARD_DEBUG=1 and report what it prints",
        err=True,
    )
    return EXIT_OURS


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code.

    Args:
        argv: the command's words; by default the process's own, which then does nothing else.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)
    try:
        words = list(sys.argv[1:] if argv is None else argv)
        code = lakeward.main(words, prog_name="lakeward", standalone_mode=False, obj=argv is None)
        sys.stdout.flush()
    except LakewardError as error:
        click.echo(f"lakeward: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt, Terminated) as error:
        is_terminated = isinstance(error, Terminated)
        how = "stopped by SIGTERM" if is_terminated else "interrupted"
        click.echo(f"lakeward: {how}; the next run goes on from here", err=True)
        return EXIT_TERMINATED if is_terminated else EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    except Exception as error:
        if os.environ.get("LAKEWARD_DEBUG"):
            raise
        return _unforeseen(error)
    return code if isinstance(code, int) else EXIT_DONE


if __name__ == "__main__":
    raise SystemExit(main())
