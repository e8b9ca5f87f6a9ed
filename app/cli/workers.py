"""What runs beside the server of `make run`: a worker for each registry, begun again if it ends.

It is a program of its own, `python -m app.cli.workers ADDRESS`, and ends with the server: by a
signal, or when its input closes because the server is no more. Where registries are operated, the
service manager does all this.
"""

import os
import signal
import subprocess
import sys
from threading import Event, Thread
from time import monotonic
from typing import Final

from app import registries
from app.cli.connections import connect_all
from app.cli.registries import begin as begin_command
from app.config import ROOT

#: Seconds before a worker that ended is begun again, doubled up to the longest.
_AGAIN: Final = 1.0
_AGAIN_MAX: Final = 60.0
#: A worker that ran so long was well.
_WELL: Final = 60.0
_LOOK: Final = 0.2
_STOP_SECONDS: Final = 15.0


def begin(server: str) -> "subprocess.Popen[bytes]":
    """Begin it beside a server, as a program of its own that ends when its input closes."""
    command = [sys.executable, "-m", "app.cli.workers", server]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)  # noqa: S603  this very module


def end(beside: "subprocess.Popen[bytes]") -> None:
    """End it and wait until all of it has ended."""
    beside.terminate()
    beside.communicate()


def main(server: str) -> None:
    """Connect the registries here with each other, and keep a worker running for each."""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    Thread(target=_watch, args=(stopped,), daemon=True).start()
    if not os.environ.get("REGISTRY"):
        for failed in connect_all(server):
            sys.stderr.write(f"not connected: {failed}\n")
    keepers = [Thread(target=_keep, args=(code, stopped)) for code in registries.served()]
    for keeper in keepers:
        keeper.start()
    for keeper in keepers:
        keeper.join()


def _watch(stopped: Event) -> None:
    """Stop when the input closes."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    stopped.set()


def _keep(code: str, stopped: Event) -> None:
    again = _AGAIN
    while not stopped.is_set():
        began = monotonic()
        worker = begin_command(code, "worker", is_quiet=True)
        while worker.poll() is None and not stopped.wait(_LOOK):
            pass
        if stopped.is_set():
            _end(worker)
            return
        again = _AGAIN if monotonic() - began > _WELL else min(_AGAIN_MAX, again * 2)
        sys.stderr.write(
            f"{code}: the worker ended with status {worker.returncode} and begins again\n"
        )
        stopped.wait(again)


def _end(worker: "subprocess.Popen[bytes]") -> None:
    worker.terminate()
    try:
        worker.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


if __name__ == "__main__":
    main(sys.argv[1])
