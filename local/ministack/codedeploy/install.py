"""Copies the files of a revision to where its AppSpec wants them, inside the directory that is the instance."""

import json
import pathlib
import shutil

from .appspec import ServerSpec
from .errors import Failed


def _pairs(archive: pathlib.Path, root: pathlib.Path, spec: ServerSpec) -> list[tuple[pathlib.Path, pathlib.Path]]:
    found = []
    for source, destination in spec.files:
        place = (archive / source.lstrip("/")).resolve()
        target = root / destination.lstrip("/")
        if place != archive.resolve() and archive.resolve() not in place.parents or ".." in pathlib.PurePosixPath(destination).parts:
            raise Failed("UnknownError", f"files: {source} -> {destination} leads outside")
        if not place.exists():
            raise Failed("UnknownError", f"No such file or directory - {source}")
        # Of a directory the contents are copied, of a file the file itself (CodeDeploy User Guide, "AppSpec 'files' section").
        inside = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
        base = place.parent if place.is_file() else place
        found += [(path, target / path.relative_to(base)) for path in inside]
    return found


def install(archive: pathlib.Path, root: pathlib.Path, spec: ServerSpec, record: pathlib.Path, behavior: str) -> None:
    """What the last deployment of the group installed goes first; a file of somebody else's is in the way."""
    for name in json.loads(record.read_text()) if record.exists() else []:
        pathlib.Path(name).unlink(missing_ok=True)
    installed = []
    try:
        for source, target in _pairs(archive, root, spec):
            if target.exists() and behavior == "DISALLOW":
                raise Failed("UnknownError", f"The deployment failed because a specified file already exists at this location: /{target.relative_to(root)}")
            if target.exists() and behavior == "RETAIN":
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
            installed.append(str(target))
    finally:
        record.write_text(json.dumps(installed))
