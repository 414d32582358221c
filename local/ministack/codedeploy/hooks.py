"""Runs one script of a hook. What it leaves running lives as long as the cloud, as it would on an instance."""

import os
import pathlib
import signal
import subprocess
import threading

from .errors import Failed

# The guard stays in the script's process group and ends all of it when our end of the pipe closes,
# however the emulator dies.
_GUARD = '( read -r _ <&9; kill -KILL -- -$$ ) >/dev/null 2>&1 & exec 9<&-; exec "$1"'
_TAIL = 2048
_left: list[int] = []
_lock = threading.Lock()


def _others(group: int) -> bool:
    """Whether something besides the guard lives in the group; without `ps` we cannot tell, and keep the guard."""
    try:
        listed = subprocess.run(["ps", "-A", "-o", "pgid=,args="], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return True
    mine = [line.split(None, 1)[1] for line in listed.splitlines() if line.split(None, 1)[:1] == [str(group)] and len(line.split(None, 1)) == 2]
    return any("read -r _ <&9" not in args for args in mine)


def run(event: str, script: pathlib.Path, name: str, timeout: int, env: dict[str, str], cwd: pathlib.Path, log: list[str]) -> None:
    if not script.is_file():
        raise Failed("ScriptMissing", f"Script does not exist at specified location: {script}", name)
    if not os.access(script, os.X_OK):
        # The agent makes it executable and says so.
        script.chmod(script.stat().st_mode | 0o100)
    log += [f"LifecycleEvent - {event}", f"Script - {name}"]
    watch, ours = os.pipe()
    process = subprocess.Popen(
        ["bash", "--noprofile", "--norc", "-c", f"exec 9<&{watch}; " + _GUARD, "bash", str(script)], cwd=cwd, env=env,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=(watch,), start_new_session=True,
    )
    os.close(watch)
    try:
        # Ends only when nobody holds the output any more: a script that leaves something running must redirect it, as on AWS.
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        os.close(ours)
        log += _lines(output or error.output)
        raise Failed("ScriptTimedOut", f"Script at specified location: {name} failed to complete in {timeout} seconds", name, tail(log)) from error
    log += _lines(output)
    if _others(process.pid):
        with _lock:
            _left.append(ours)
    else:
        os.close(ours)
    if process.returncode:
        raise Failed("ScriptFailed", f"Script at specified location: {name} failed with exit code {process.returncode}", name, tail(log))


def _lines(output: bytes | None) -> list[str]:
    return [f"[stdout]{line}" for line in (output or b"").decode("utf-8", "replace").splitlines()]


def tail(log: list[str]) -> str:
    return "\n".join(log)[-_TAIL:]


def end_all() -> None:
    with _lock:
        while _left:
            os.close(_left.pop())
