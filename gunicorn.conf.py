"""How the registry is served: `make run`, and every test and benchmark that needs a real server."""

import os
import signal

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = 2
# Loaded once and forked: a worker that was killed is replaced at once.
preload_app = True
# Browsers open connections before they need them; threads keep these from holding up a worker.
worker_class = "gthread"
threads = 4


def post_worker_init(_worker: object) -> None:
    """Leave Ctrl-C, which a terminal sends to every process, to the one that stops the workers.

    A worker that hears of it twice can lock itself up (gunicorn 27) and hold the exit for 30 s.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
