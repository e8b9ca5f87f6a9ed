"""A throw-away PostgreSQL of the tests' own, gone when whoever started it is gone."""

import atexit
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

#: The environment variable that tells the workers of a parallel run the folder they share.
FOLDER = "TEST_POSTGRES"

_ROOM_BYTES = 4 * 2**30

# After a crash a server syncs its files: the whole file system in one call, not each of thousands.
_SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 100
timezone = 'UTC'
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
recovery_init_sync_method = syncfs
"""
# Databases come and go by the thousand: each drop looks through all buffers, a vacuum through all
# databases, and nobody reads the log of changes.
_PASSING = """
shared_buffers = 32MB
autovacuum = off
wal_level = minimal
max_wal_senders = 0
"""


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server with its data, its socket and its log in one folder."""

    folder: Path

    @classmethod
    def make(cls, *, durable: bool = False) -> "Cluster":
        """Start a new cluster; a durable one keeps what it acknowledged, others are faster."""
        # Not in TMPDIR: user postgres must get there, and a socket's path has 107 bytes at most.
        place = "/tmp" if durable else quick_place()
        folder = Path(tempfile.mkdtemp(prefix="registry-", dir=place))
        if _owner():
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        cluster = cls(folder)
        cluster._end_with_this_process()
        encoding = ("--encoding=UTF8", "--locale=C.UTF-8")
        cluster._program("initdb", "--username=postgres", "--auth=trust", "--no-sync", *encoding)
        with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write(_SETTINGS.format(folder=folder, durable="on" if durable else "off"))
            settings.write("" if durable else _PASSING)
        cluster.start()
        return cluster

    def start(self) -> None:
        """Start the server and wait until it answers; after a crash this is where it recovers."""
        self._program("pg_ctl", "--wait", f"--log={self.folder / 'log'}", "start")

    def stop(self, *, mode: str = "fast") -> None:
        """Stop the server: `fast` in good order, `immediate` as if the machine had failed."""
        self._program("pg_ctl", "--wait", f"--mode={mode}", "stop")

    def url(self, name: str) -> str:
        """Return the address of one of its databases, as DATABASE_URL takes it."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def execute(self, statement: str, *, name: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as the owner of everything, in no transaction of ours."""
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname=name, autocommit=True
        ) as connection:
            # The statements are the tests' own; databases' names cannot be parameters.
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def createdb(self, *, template: str = "template0") -> str:
        """Make a database, a copy of `template`, and return its name."""
        name = f"test_{uuid4().hex[:16]}"
        # Copied as files, not through the log: less than half the time.
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def dropdb(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _program(self, name: str, *arguments: str) -> None:
        command = [str(_programs() / name), f"--pgdata={self.folder / 'data'}", *arguments]
        # A file and not a pipe: the server that pg_ctl leaves behind would keep a pipe open.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                command,
                check=False,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                **_owner(),
            )
            said.seek(0)
            assert done.returncode == 0, f"{shlex.join(command)}\n{said.read()}"

    def _end_with_this_process(self) -> None:
        """Leave a guard that removes the cluster when this process ends, even by kill -9."""
        programs, folder = _programs(), shlex.quote(str(self.folder))
        guard = subprocess.Popen(
            # `cat` ends when the other end of its pipe, which only this process holds, closes.
            f"cat; {programs}/pg_ctl --pgdata={folder}/data --mode=immediate stop; rm -rf {folder}",
            shell=True,
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **_owner(),
        )
        atexit.register(guard.communicate)


@cache
def shared() -> Cluster:
    """Return the cluster of this test run: the one its workers share, or one started now."""
    if FOLDER in os.environ:
        return Cluster(Path(os.environ[FOLDER]))
    return Cluster.make()


def quick_place() -> str:
    """Return where files need not outlive the tests: in memory, where there is room for them."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_BYTES:
        return str(memory)
    return "/tmp"


@cache
def _programs() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    assert found, "PostgreSQL's server is not installed (on Debian: apt-get install postgresql)"
    return found[-1].parent


def _owner() -> dict[str, Any]:
    """Return who runs the server: PostgreSQL refuses root, so root hands it to user postgres."""
    if os.geteuid():
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}
