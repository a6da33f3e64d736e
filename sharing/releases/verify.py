"""Check what was published: signatures, checksums, rows, columns, and that every pointer leads to something whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lakeward.lake.errors import LakewardError, UsageError
from lakeward.lake.press import Manifest
from lakeward.lake.release import LATEST, MANIFEST, manifests, standing
from lakeward.sharing.releases import contents, lone, papers, sets
from lakeward.sharing.releases.checked import Checked
from lakeward.sharing.releases.keys import PublicKey
from lakeward.sharing.releases.recall import BESIDE, FOLDER, marks

PLAIN = frozenset({MANIFEST, papers.SUMS, papers.SIGNATURE, BESIDE})
NEEDED = {"table", "release", "rows", "files", "schema", "source"}


def verify(where: Path, key: PublicKey | None = None) -> Checked:
    """Check a file, a release, a table's releases, or all that a lake published.

    Args:
        where: a Parquet file; a folder with `manifest.json`, with `latest.json`, or with such folders.
        key: the key that must have signed all of it; without one, keys are taken from beside the releases or from the
            file, and prove only that nothing changed since.

    Raises:
        UsageError: nothing that can be checked is there.
    """
    found = Checked()
    if (where / MANIFEST).exists():
        _release(found, where, key)
    elif (where / LATEST).exists():
        _table(found, where, key)
    elif where.is_file():
        _lone(found, where, key)
    else:
        for table in _tables(where):
            _table(found, table, key)
        for file in sorted(_published(where).glob(f"{sets.FOLDER}/*.json")):
            _set(found, file, key)
        for file in sorted(_published(where).glob(f"{FOLDER}/*.json")):
            told = _signature(found, _published(where), file, key)
            found.problems += [f"erratum {file.stem}: {each}" for each in told]
    if found.releases and not found.signed_by and key is None:
        found.notes.append("nothing is signed: checksums tell of harm, not of forgery")
    elif found.signed_by and key is None:
        found.notes.append("no --key was given: signatures were checked with keys that came with the files")
    return found


def _tables(where: Path) -> list[Path]:
    """Give the folders of the tables that a lake published."""
    root = _published(where)
    folders = {each.parent for each in root.glob(f"*/{LATEST}")}
    folders |= {each.parent.parent for each in root.glob(f"*/*/{MANIFEST}")}
    if not folders:
        raise UsageError(
            f"nothing that was released lies at {where}",
            remedy="give a Parquet file, a release's folder, a table's folder of releases, or a lake",
        )
    return sorted(folders)


def _published(where: Path) -> Path:
    return where / "published" if (where / "published").is_dir() else where


def _set(found: Checked, file: Path, key: PublicKey | None) -> None:
    published = file.parent.parent
    try:
        told = json.loads(file.read_text("utf-8"))
        found.problems += [f"set {file.stem}: {each}" for each in sets.problems(published, told)]
        signed_by = sets.signer(published, told, key)
    except (KeyError, ValueError, TypeError) as cause:
        found.problems.append(f"set {file.stem} cannot be read: {type(cause).__name__}")
    except LakewardError as error:
        found.problems.append(f"set {file.stem}: {error.problem}")
    else:
        found.signed_by |= {signed_by.text} if signed_by else set()


def _lone(found: Checked, file: Path, key: PublicKey | None) -> None:
    content = file.read_bytes()
    found.files, found.bytes = 1, len(content)
    try:
        told = lone.opened(content, key)
    except LakewardError as error:
        found.problems.append(f"{file.name}: {error.problem}")
        return
    found.signed_by |= {told.signed_by.text} if told.signed_by else set()
    facts = told.told
    deliveries, commit = facts.get("deliveries", {}).values(), facts.get("code", {}).get("commit")
    found.notes.append(
        f"{facts.get('table')} {facts.get('release')}: {told.rows:,} rows, {facts.get('licence', 'no licence told')}, "
        f"rules {facts.get('quality', {}).get('verdict', 'not checked')}, of {sum(map(len, deliveries))} deliveries"
        + (f", code {commit}" if commit else "")
    )
    found.notes += [f"forced: {facts['forced']['reason']}"] if "forced" in facts else []
    found.notes += [] if told.signed_by else ["it is sealed and not signed: the seal tells of harm, not of forgery"]


def _table(found: Checked, folder: Path, key: PublicKey | None) -> None:
    try:
        places = sorted(each.parent for each in folder.glob(f"*/{MANIFEST}"))
    except (NotImplementedError, OSError):
        places = []  # a web server lists nothing: what `latest.json` names is all that can be known
    if not places:
        _release(found, folder / json.loads((folder / LATEST).read_text("utf-8"))["release"], key)
        return
    for place in places:
        _release(found, place, key)
    with suppress(ValueError, KeyError, OSError):  # a manifest that cannot be read is told of its release
        newest = standing(manifests(folder))
        named = json.loads((folder / LATEST).read_text("utf-8"))["release"] if (folder / LATEST).exists() else "none"
        wanted = newest["release"] if newest else "none"
        if named != wanted:
            found.problems.append(f"{folder.name}: latest.json names {named}, the newest that stands is {wanted}")


def _release(found: Checked, folder: Path, key: PublicKey | None) -> None:
    found.releases += 1
    where = f"{folder.parent.name}/{folder.name}"
    try:
        manifest: Manifest = json.loads((folder / MANIFEST).read_bytes())
        names = [str(each["path"]) for each in manifest["files"]]
        if absent := NEEDED - manifest.keys():
            raise KeyError(*absent)
    except (OSError, ValueError, KeyError, TypeError) as cause:
        found.problems.append(f"{where}: the manifest cannot be read: {type(cause).__name__}: {cause}")
        return
    try:
        _whole(found, folder, where, manifest, names, key)
    except (AttributeError, KeyError, TypeError, ValueError) as cause:  # JSON of any shape
        found.problems.append(f"{where}: the manifest is not of a release's form: {type(cause).__name__}: {cause}")


def _whole(
    found: Checked, folder: Path, where: str, manifest: Manifest, names: list[str], key: PublicKey | None
) -> None:
    found.problems += [f"{where}: {each}" for each in _signature(found, folder.parent.parent, folder / MANIFEST, key)]
    if "/" in "".join(names) or any(name.startswith(".") for name in names):
        found.problems.append(f"{where}: the manifest names files outside of its folder")
        return
    if (folder / papers.SUMS).exists() and (folder / papers.SUMS).read_text("utf-8") != papers.sums(folder):
        found.problems.append(f"{where}: {papers.SUMS} does not say what the manifest says")
    if told := manifest.get("withdrawn"):
        found.notes.append(f"{where} was withdrawn on {told['at'][:10]}: {told['reason']}")
    else:
        found.problems += [f"{where}: {each}" for each in contents.problems(found, folder, manifest, key)]
    with suppress(NotImplementedError, OSError):  # a web server lists nothing
        strange = {each.name for each in folder.iterdir()} - PLAIN - set(() if told else names)
        found.problems += [f"{where}: {name} is named by no manifest" for name in sorted(strange)]
    found.notes += [f"{where} has an erratum: {each['reason']} ({each['id']})" for each in marks(folder)]


def _signature(found: Checked, published: Path, file: Path, key: PublicKey | None) -> Iterator[str]:
    if not papers.signature_of(file).exists():
        if key:
            yield "it is not signed"
        return
    signers = papers.signers(published, file, key)
    found.signed_by |= {each.text for each in signers}
    if not signers:
        whose = "the key that was given" if key else "a key that the lake publishes"
        yield f"the signature of {file.name} is not of {whose}, or of other content"
