"""The command line's pages, from its own help."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click
from tables import cell, table

from lakeward.jobs.cli import lakeward


def pages(language: str) -> dict[str, str]:
    """Give a page a command, and one that lists them."""
    top = click.Context(lakeward, info_name="lakeward")
    found = {name: _command(top, name) for name in lakeward.list_commands(top)}
    heading, words = ("命令列", "命令") if language == "zh" else ("Commands", "command")
    listed = table(
        (words, ""),
        (
            (f"[`lakeward {name}`](commands/{name}.md)", cell(each.get_short_help_str(200)))
            for name, each in found.items()
        ),
    )
    made = {f"reference/commands/{name}.md": "\n".join(_page(top, name, each, 1)) for name, each in found.items()}
    return {"reference/commands.md": f"# {heading}\n\n{_words(lakeward)}\n\n{listed}\n", **made}


def _command(context: click.Context, name: str) -> click.Command:
    found = context.command.get_command(context, name) if isinstance(context.command, click.Group) else None
    assert found, f"{name} is listed and is not there"  # noqa: S101
    return found


def _page(above: click.Context, name: str, command: click.Command, depth: int) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=above)
    yield f"{'#' * depth} {context.command_path}"
    yield from ("", _words(command), "")
    yield from ("```text", " ".join([context.command_path, *command.collect_usage_pieces(context)]), "```", "")
    told = [each.get_help_record(context) for each in command.get_params(context)]
    yield table(("option", ""), ((f"`{each[0]}`", cell(each[1])) for each in told if each))
    yield ""
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            yield from _page(context, below, _command(context, below), depth + 1)


def _words(command: click.Command) -> str:
    """Give a command's help as Markdown."""
    return "\n\n".join(map(_paragraph, inspect.cleandoc(command.help or "").split("\n\n")))


def _paragraph(text: str) -> str:
    """Give a paragraph; one that is to keep its lines is code."""
    return f"```text\n{text[2:]}\n```" if text.startswith("\b\n") else re.sub(r"\s+", " ", _plain(text))


def _plain(text: str) -> str:
    return text.replace("<", "&lt;").replace("*", r"\*")
