"""A file becomes a data set of the project in the working directory: it lands, and a declaration is drafted of it."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from lakeward.jobs.draft.address import address
from lakeward.jobs.draft.code import Draft, module
from lakeward.jobs.profile import of_file
from lakeward.jobs.starting import identifier
from lakeward.lake.download import download
from lakeward.lake.errors import UsageError
from lakeward.lake.store import is_local
from lakeward.pipelines.catalog import project_setting
from lakeward.pipelines.named import NAME


@dataclass(frozen=True, slots=True)
class Added:
    """What was added.

    Args:
        draft: what was found in the file.
        file: where it lies now.
        declaration: where its declaration lies.
    """

    draft: Draft
    file: Path
    declaration: Path

    def document(self) -> dict[str, object]:
        """Give it for machines."""
        told = {"name": self.draft.name, "file": str(self.file), "declaration": str(self.declaration)}
        return {"schema": "lakeward.add/1", **told, "notes": list(self.draft.notes)}

    def text(self, landing: str) -> str:
        """Give it for people."""
        draft = self.draft
        named = zip(draft.names, draft.guesses, strict=True)
        key = ", ".join(draft.names[place] for place in draft.key) or "none"
        return "\n".join(
            [
                f"{draft.name}: {len(draft.names)} columns, key: {key}",
                *(f"  {name}: {each.type}, {each.header!r}" for name, each in named),
                *(f"  look at: {note}" for note in draft.notes),
                f"the file: {self.file}",
                f"its declaration: {self.declaration}; say there who publishes it, and its licence",
                f"next: lakeward test {draft.name} --landing {landing}",
            ]
        )


def add(what: str, landing: str, own: str | None, name: str = "", *, allow_private: bool = False) -> Added:
    """Bring a file or an address into the landing zone, and draft its declaration into the project.

    Args:
        what: a file of this machine, or http(s)://…; the file stays where it is.
        landing: the landing root, a folder.
        own: the folder of declarations; by default the project's.
        name: `domain.noun`; by default of the project's name and the file's.
        allow_private: fetch also from private addresses.

    Raises:
        UsageError: there is no such file, no project, no name, or the name is taken.
        DeliveryRefused: the file cannot be read, or has no rows.
    """
    pipelines = Path(own or project_setting("pipelines") or "")
    if pipelines == Path() or not pipelines.is_dir() or not is_local(landing):
        raise UsageError(
            "this folder is no project with a landing folder and declarations of its own",
            remedy="`lakeward init FOLDER` starts one; or give --pipelines and --landing folders",
        )
    if "://" not in what:
        if not Path(what).is_file():
            raise UsageError(f"there is no file {what}", remedy="give the path of a delivery, or its address")
        return _added(Path(what), "", Path(landing), pipelines, name)
    with tempfile.TemporaryDirectory(prefix="lakeward-add-") as folder:
        got = download(what, Path(folder), allow_private=allow_private)
        return _added(got.path, what, Path(landing), pipelines, name)


def _added(file: Path, url: str, landing: Path, pipelines: Path, name: str) -> Added:
    called = name or f"{identifier(Path.cwd().name)}.{identifier(file.name.partition('.')[0])}"
    if not NAME.fullmatch(called):
        raise UsageError(f"{file.name} gives no name for a data set", remedy="give --name, as my_agency.clinics")
    domain, _, noun = called.partition(".")
    declaration, landed = pipelines / domain / f"{noun}.py", landing / domain / noun / file.name
    if declaration.exists():
        raise UsageError(
            f"{called} is declared already, in {declaration}",
            remedy=f"a new delivery of it goes to {landed.parent}; another data set needs another --name",
        )
    with tempfile.TemporaryDirectory(prefix="lakeward-add-") as folder:  # where it would land, to be drafted from there
        tried = Path(folder) / domain / noun / file.name
        tried.parent.mkdir(parents=True)
        shutil.copyfile(file, tried)
        kept, draft = address(url, domain), of_file(tried, folder, called)
        draft = replace(draft, notes=(*draft.notes, *kept.notes()))
        written = module(draft, kept.text)
    try:
        landed.parent.mkdir(parents=True, exist_ok=True)
        if not (landed.exists() and landed.samefile(file)):
            with landed.open("xb") as to, file.open("rb") as source:
                shutil.copyfileobj(source, to)
        declaration.parent.mkdir(parents=True, exist_ok=True)
        declaration.write_text(written, "utf-8")
    except FileExistsError as cause:
        raise UsageError(f"{landed} is there already", remedy="move it away, or give the file another name") from cause
    except OSError as cause:
        raise UsageError(f"{cause.filename} cannot be written: {cause.strerror}", remedy="mend its rights") from cause
    return Added(draft, landed, declaration)
