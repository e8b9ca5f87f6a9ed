"""How the registry is served: `make run`, and every test and benchmark that needs a real server."""

import os
import signal
import subprocess
import sys
from typing import Any

from app import registries
from app.cli import workers as workers_beside
from app.mounts import ROOM, Mounts

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = 2
# Loaded once and forked: a worker that was killed is replaced at once.
preload_app = True
# Browsers open connections before they need them; threads keep these from holding up a worker.
# Where several registries share a process each has room of its own, and there is always some left.
worker_class = "gthread"
threads = 4 if len(registries.served()) == 1 else ROOM * len(registries.served()) + 2
# The address of the calculator of corresponding adjustments says all that was typed in it.
limit_request_line = 8190
#: What `make run` begins beside the server.
beside: list["subprocess.Popen[bytes]"] = []


def when_ready(server: Any) -> None:
    """Build the registries before the workers are forked; refuse to start when none can be."""
    mounts = server.app.wsgi()
    if not isinstance(mounts, Mounts):
        return
    if not mounts.build():
        raise SystemExit("no registry can be served, see above")
    if os.environ.get("ANNOUNCE"):
        for name, address in mounts.addresses(f"http://{bind}"):
            sys.stdout.write(f"{name}: {address}\n")
        sys.stdout.write("Ctrl-C stops the server.\n")
        sys.stdout.flush()
        # What carries letters between the registries here, and sends mails.
        beside.append(workers_beside.begin(f"http://{bind}"))


def on_exit(_server: Any) -> None:
    """End what runs beside the server."""
    for one in beside:
        workers_beside.end(one)


def post_worker_init(_worker: object) -> None:
    """Leave Ctrl-C, which a terminal sends to every process, to the one that stops the workers.

    A worker that hears of it twice can lock itself up (gunicorn 27) and hold the exit for 30 s.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
