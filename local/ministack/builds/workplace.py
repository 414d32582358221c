"""What a build finds around it: an environment made from nothing, tools, and a Python of its own."""

import os
import pathlib
import shutil
import subprocess
import sys

import settings

_COMMANDS = ("sam", "aws", "cfn-lint", "node", "osls", "cdk")

# `sam build` insists on the interpreter of the function's runtime and asks `python3.13 -c "… assert …"`.
# Where that one is installed it is used. Where it is not, the Python at hand stands in for it: right for
# dependencies in pure Python, which is what a machine without that interpreter can build and run.
#
# It looks for the real one without itself on the PATH: version managers fall back to the PATH too.
_STAND_IN = """#!/bin/sh
# The local cloud's stand-in for {name}; see local/ministack/builds/workplace.py.
rest=
IFS=:
for folder in $PATH; do
  [ "$folder" = {folder} ] || rest="$rest${{rest:+:}}$folder"
done
for folder in $rest; do
  if [ -x "$folder/{name}" ] && PATH="$rest" "$folder/{name}" -c '' 2>/dev/null; then
    PATH="$rest" exec "$folder/{name}" "$@"
  fi
done
unset IFS
case "${{1-}}:${{2-}}" in
  -c:*"assert sys.version_info.major == 3 and sys.version_info.minor == {minor}"*) exit 0 ;;
esac
exec python3 "$@"
"""


# What is not the first command of our builds is the real one's.
_AWS = """#!/bin/sh
# The local cloud's stand-in for aws; see local/ministack/builds/get-object.mjs.
case "$#:${{1-}}:${{2-}}:${{3-}}:${{4-}}" in
  5:s3:cp:--only-show-errors:s3://*) exec node '{program}' "$4" "$5" ;;
esac
exec '{real}' "$@"
"""


def _write(file: pathlib.Path, text: str) -> None:
    if not file.is_symlink() and file.exists() and file.read_text() == text:
        return
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    partial.write_text(text)
    partial.chmod(0o755)
    partial.rename(file)


def _tools() -> pathlib.Path:
    """The commands a build image has. Only these: the rest of our own node_modules is none of a build's business."""
    folder = settings.folder("tools")
    for name in _COMMANDS:
        found = shutil.which(name)
        link = folder / name
        if found and name == "aws":
            _write(link, _AWS.format(program=pathlib.Path(__file__).with_name("get-object.mjs"), real=found))
        elif found and (not link.is_symlink() or os.readlink(link) != found):
            partial = folder / f".{name}.{os.getpid()}"
            partial.symlink_to(found)
            partial.rename(link)
    return folder


def _stand_ins() -> pathlib.Path:
    folder = settings.folder("pythons")
    for minor in range(9, 16):
        name = f"python3.{minor}"
        text = _STAND_IN.format(name=name, folder=f"'{folder}'", minor=minor)
        _write(folder / name, text)
    return folder


def _own_python(folder: pathlib.Path) -> pathlib.Path:
    """A virtual environment, so that a build's ``pip install`` ends with the build."""
    base = getattr(sys, "_base_executable", sys.executable)
    place = folder / "python"
    has_pip = subprocess.run([base, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    extra = ["--system-site-packages", "--without-pip"] if has_pip else []
    subprocess.run([base, "-m", "venv", *extra, str(place)], check=True, capture_output=True)
    if has_pip:
        for name in ("pip", "pip3"):
            (place / "bin" / name).write_text(f'#!/bin/sh\nexec "{place}/bin/python3" -m pip "$@"\n')
            (place / "bin" / name).chmod(0o755)
    return place / "bin"


def prepare(folder: pathlib.Path) -> dict[str, str]:
    home = folder / "home"
    home.mkdir(parents=True)
    (folder / "tmp").mkdir()
    path = [_stand_ins(), _own_python(folder), _tools(), settings.BUILD_PATH]
    return {
        **settings.BUILD_ENVIRONMENT,
        "PATH": os.pathsep.join(map(str, path)), "HOME": str(home), "TMPDIR": str(folder / "tmp"),
        "LANG": "C.UTF-8", "TZ": "UTC", "CI": "true",
        "npm_config_cache": str(settings.folder("caches", "npm")), "PIP_CACHE_DIR": str(settings.folder("caches", "pip")),
        "SAM_CLI_TELEMETRY": "0", "npm_config_update_notifier": "false",
    }
