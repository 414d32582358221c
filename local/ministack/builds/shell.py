"""Runs the commands of one phase in one bash, which hands its directory and environment on to the next."""

import os
import pathlib
import signal
import subprocess
import threading
import time

# The outer shell waits for our end of the pipe to close, which happens when the emulator dies however
# it dies, and then ends everything that belongs to the build.
_GUARD = '( read -r _ <&9; kill -KILL -- -$$ ) >/dev/null 2>&1 & exec 9<&-; exec bash --noprofile --norc "$1"'

_RUN = """
__drawbridge_save() {{ __status=$?; trap - EXIT; pwd > {folder}/cwd; env -0 > {folder}/env; exit $__status; }}
trap __drawbridge_save EXIT
"""


class Session:
    """What one build's phases share. ``stop`` may be called from any thread."""

    def __init__(self, folder: pathlib.Path, source: pathlib.Path, env: dict[str, str], deadline: float, log):
        self.folder, self.cwd, self.env, self.deadline, self.log = folder, source, env, deadline, log
        self.stopped = ""
        self._process: subprocess.Popen | None = None
        self._lock = threading.Lock()

    def stop(self, reason: str) -> None:
        with self._lock:
            self.stopped = self.stopped or reason
            if self._process and self._process.poll() is None:
                _kill(self._process)

    def run(self, commands: list[str], one_shell: bool = True) -> tuple[int, str]:
        """The status of the first command that failed and its text, or 0."""
        groups = [commands] if one_shell else [[command] for command in commands]
        for group in filter(None, groups):
            status, failed = self._bash(group)
            if status:
                return status, failed
        return 0, ""

    def _script(self, commands: list[str]) -> pathlib.Path:
        lines = [_RUN.format(folder=_quoted(self.folder))]
        for number, command in enumerate(commands):
            file = self.folder / f"command-{number}.sh"
            file.write_text(command if command.endswith("\n") else command + "\n")
            lines.append(f"echo {_quoted(f'[Container] Running command {command.strip()}')}\n"
                         f"echo {number} > {_quoted(self.folder / 'current')}\n"
                         f". {_quoted(file)}\n__status=$?; [ $__status -eq 0 ] || exit $__status\n")
        script = self.folder / "phase.sh"
        script.write_text("".join(lines))
        return script

    def _bash(self, commands: list[str]) -> tuple[int, str]:
        script = self._script(commands)
        watch, ours = os.pipe()
        try:
            with self._lock:
                if self.stopped:
                    return 137, commands[0]
                process = self._process = subprocess.Popen(
                    ["bash", "--noprofile", "--norc", "-c", f"exec 9<&{watch}; " + _GUARD, "bash", str(script)],
                    cwd=self.cwd, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, pass_fds=(watch,), start_new_session=True,
                )
            os.close(watch)
            reader = threading.Thread(target=self._read, args=(process,), daemon=True)
            reader.start()
            try:
                process.wait(timeout=max(0.1, self.deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.stop("TIMED_OUT")
                process.wait()
            # What a command left in the background ends with its phase, as the container would.
            _kill(process)
            reader.join(timeout=5)
        finally:
            os.close(ours)
        self._take_over()
        current = (self.folder / "current").read_text().strip() if (self.folder / "current").exists() else "0"
        return process.returncode, commands[int(current or 0)]

    def _read(self, process: subprocess.Popen) -> None:
        for line in process.stdout:
            self.log(line.decode("utf-8", "replace").rstrip("\n"))

    def _take_over(self) -> None:
        saved, place = self.folder / "env", self.folder / "cwd"
        if saved.exists() and place.exists():
            pairs = (item.partition("=") for item in saved.read_bytes().decode("utf-8", "surrogateescape").split("\0") if item)
            self.env = {name: value for name, _, value in pairs if name not in ("_", "SHLVL", "OLDPWD")}
            here = pathlib.Path(place.read_text().rstrip("\n"))
            self.cwd = here if here.is_dir() else self.cwd
            saved.unlink()


def _kill(process: subprocess.Popen) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            return
        if number == signal.SIGTERM and process.poll() is None:
            try:
                process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                continue


def _quoted(value) -> str:
    return "'" + str(value).replace("'", "'\\''") + "'"
