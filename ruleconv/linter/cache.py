"""Findings kept from run to run: by content of the file, its name, the configuration and the version of everything that finds.

One SQLite file, so that thousands of files are looked up at once and two runs at the same time do no harm. Whatever goes wrong with it
(read-only, locked, damaged) only costs time: the files are then linted again.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

import ruleconv

FOLDER = ".ruleconv_cache"
_MOST = 50_000
"""Entries that are kept; past it the oldest go."""


def key(name: str, content: bytes, kind: str, settings: str) -> str:
    """What a file's findings are known by."""
    digest = hashlib.sha256(content)
    digest.update(f"\0{name}\0{kind}\0{settings}\0{_version()}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


@cache
def _version() -> str:
    """Changes whenever a file of the package does."""
    package = Path(ruleconv.__file__).parent
    digest = hashlib.sha256(ruleconv.__version__.encode())
    for folder, folders, files in os.walk(package):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            at = os.stat(os.path.join(folder, name))
            digest.update(f"{name} {at.st_size} {at.st_mtime_ns}\n".encode())
    return digest.hexdigest()


class Cache:
    """The cache below a folder; made when something is first put into it."""

    def __init__(self, home: Path) -> None:
        self.path = home / FOLDER / "lint.sqlite3"

    def get(self, keys: Iterable[str]) -> dict[str, str]:
        """Those of the keys that are known, with what was put there."""
        if not self.path.is_file():
            return {}
        found: dict[str, str] = {}
        wanted = list(keys)
        with suppress(sqlite3.Error), closing(sqlite3.connect(self.path, timeout=1)) as connection:
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                marks = ",".join("?" * len(part))
                found.update(connection.execute(f"SELECT key, value FROM findings WHERE key IN ({marks})", part))  # noqa: S608
        return found

    def put(self, entries: Mapping[str, str]) -> None:
        """Adds entries."""
        if not entries:
            return
        with suppress(sqlite3.Error, OSError):
            self.path.parent.mkdir(exist_ok=True)
            ignore = self.path.parent / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", "utf-8")
            with closing(sqlite3.connect(self.path, timeout=1)) as connection, connection:
                connection.execute("CREATE TABLE IF NOT EXISTS findings (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
                connection.executemany("INSERT OR REPLACE INTO findings VALUES (?, ?)", entries.items())
                connection.execute(
                    "DELETE FROM findings WHERE rowid <= (SELECT MAX(rowid) FROM findings) - ?",
                    (_MOST,),
                )
