"""Programs of the registry, forked from one process that has everything loaded.

To start a program takes seconds, to fork it takes none. What is forked runs as `python -m` runs
it, with arguments, environment and output of its own.
"""

import multiprocessing
import os
import runpy
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Final

from app.config import ROOT

#: What all that is forked needs.
_LOADED: Final = ["app", "app.mounts", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread"]


@cache
def context() -> ForkServerContext:
    """Return the way to processes of that one: there is one for all tests of a process."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([*_LOADED, "tests.spending", __name__])
    return made


class Program:
    """One program at work; told apart from one started anew by nothing but its haste."""

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="registry-")
        outputs = [str(Path(self._folder.name, name)) for name in ("said", "complained")]
        self._process = context().Process(
            target=_run, args=(module, arguments, dict(environment), outputs), daemon=True
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def said(self) -> str:
        """What it wrote to its standard output up to now."""
        return self._read("said")

    def kill(self) -> None:
        """Kill it without a word, and wait until it is gone."""
        self._process.kill()
        self.ended()

    def terminate(self) -> None:
        """Ask it to end in good order."""
        self._process.terminate()

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def ended(self, seconds: float = 120) -> tuple[int, str, str]:
        """Wait for its end and return its status and what it said."""
        self._process.join(seconds)
        status = self._process.exitcode
        assert status is not None, "it does not end"
        told = status, self.said, self._read("complained")
        self._folder.cleanup()
        return told

    def wait(self, seconds: float = 120) -> int:
        """Wait for its end and return its status."""
        return self.ended(seconds)[0]

    def _read(self, name: str) -> str:
        path = Path(self._folder.name, name)
        return path.read_text(encoding="utf-8") if path.exists() else ""


def _run(
    module: str, arguments: tuple[str, ...], environment: dict[str, str], outputs: list[str]
) -> None:
    """Become the program."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate(outputs, 1):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
