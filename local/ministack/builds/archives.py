"""Unpacks an archive that a stranger uploaded, and nowhere but into the directory of the build.

CodeBuild does this in a container that is thrown away. Here it is the disk of the person who tries it out.
"""

import io
import pathlib
import shutil
import stat
import zipfile

_MOST_FILES = 50_000
_MOST_BYTES = 1024 * 1024 * 1024
_CHUNK = 1024 * 1024


class BadArchive(Exception):
    pass


def _place(name: str, target: pathlib.Path) -> pathlib.Path:
    parts = pathlib.PurePosixPath(name).parts
    if not parts or name.startswith("/") or "\\" in name or ".." in parts or ":" in parts[0] or "\0" in name:
        raise BadArchive(f"{name!r} would be written outside the build's directory")
    return target.joinpath(*parts)


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: pathlib.Path, left: int) -> int:
    place.parent.mkdir(parents=True, exist_ok=True)
    # "x": of two files of one name neither wins in silence.
    with archive.open(entry) as packed, place.open("xb") as file:
        # What is counted is what comes out, not what the archive says of itself.
        while chunk := packed.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise BadArchive(f"it unpacks to more than {_MOST_BYTES} bytes")
            file.write(chunk)
    if (entry.external_attr >> 16) & stat.S_IXUSR:
        place.chmod(0o755)
    return left


def unpack(content: bytes, target: pathlib.Path) -> None:
    """Links come out as small files that hold their target, so nothing is ever written through one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_FILES:
                raise BadArchive(f"it holds more than {_MOST_FILES} files")
            places = [(entry, _place(entry.filename, target)) for entry in entries]
            left = _MOST_BYTES
            for entry, place in places:
                if entry.is_dir():
                    place.mkdir(parents=True, exist_ok=True)
                else:
                    left = _copy(archive, entry, place, left)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        shutil.rmtree(target, ignore_errors=True)
        raise BadArchive(f"it is no zip archive that can be read: {error}") from error
