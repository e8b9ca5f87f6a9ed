"""The registry that is measured: the one that REGISTRY names, otherwise the first."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from app.cli import provision
from app.registries import FIRST

CODE: Final = os.environ.get("REGISTRY", "").upper() or FIRST


@contextmanager
def installed() -> Generator[None, None, None]:
    """Make an instance of its own in which there is that registry, while the block runs."""
    with TemporaryDirectory() as folder:
        before = os.environ.get("INSTANCE_DIR")
        os.environ["INSTANCE_DIR"] = str(Path(folder))
        try:
            if CODE != FIRST:
                provision.folder(CODE, None, {})
            yield
        finally:
            os.environ.pop("INSTANCE_DIR")
            if before is not None:
                os.environ["INSTANCE_DIR"] = before
