"""How the registry is served: `make run`, the crash tests and the benchmarks all start gunicorn with this file."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = 2
# Browsers open connections before they need them; threads keep such a connection from holding up a whole worker.
worker_class = "gthread"
threads = 4
