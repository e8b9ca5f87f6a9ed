"""Bring the pinned assets of `assets.lock.json` into the tree, checked by hash.

Run it when a pin changes: `python scripts/vendor_assets.py`. It asks npm for each package, compares
the archive with the integrity in the lock, copies only the files named there into the folder named
there (for browser assets app/static/vendor), and writes the hash of each copied file back into the
lock. The tests compare the files in the tree with those hashes, so an asset cannot change without
its lock.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "scripts" / "assets.lock.json"
VENDOR = "app/static/vendor"


def main() -> int:
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    hashes: dict[str, str] = {}
    folders = {asset.get("folder", VENDOR) for asset in lock["assets"]}
    for asset in lock["assets"]:
        folder = asset.get("folder", VENDOR)
        (ROOT / folder).mkdir(parents=True, exist_ok=True)
        for name, content in fetched(asset):
            (ROOT / folder / name).write_bytes(content)
            hashes[f"{folder}/{name}"] = hashlib.sha256(content).hexdigest()
    present = {f"{folder}/{path.name}" for folder in folders for path in (ROOT / folder).iterdir()}
    for stale in present - set(hashes):
        (ROOT / stale).unlink()
    lock["sha256"] = dict(sorted(hashes.items()))
    LOCK.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(hashes)} files in {', '.join(sorted(folders))}\n")
    return 0


def fetched(asset: dict[str, Any]) -> list[tuple[str, bytes]]:
    """The wanted files of one package, after its archive has matched the lock."""
    pinned = f"{asset['package']}@{asset['version']}"
    npm = shutil.which("npm") or sys.exit("npm is not installed")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603  the arguments come from our own lock
            [npm, "pack", "--silent", "--pack-destination", folder, pinned],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        archive = next(Path(folder).glob("*.tgz"))
        found = integrity(archive.read_bytes())
        if found != asset["integrity"]:
            sys.exit(f"{pinned}: the archive is {found}, the lock says {asset['integrity']}")
        with tarfile.open(archive) as opened:
            return [
                (name, member(opened, f"package/{path}")) for path, name in asset["files"].items()
            ]


def integrity(archive: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()


def member(archive: tarfile.TarFile, path: str) -> bytes:
    opened = archive.extractfile(path)
    if opened is None:
        sys.exit(f"{path} is not a file of the archive")
    return opened.read()


if __name__ == "__main__":
    sys.exit(main())
