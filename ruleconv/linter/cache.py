"""Findings kept from run to run: by content of the file, its name, the configuration and the version of everything that finds.

One SQLite file, so that thousands of files are looked up at once and two runs at the same time do no harm. Whatever goes wrong with it
(read-only, locked, damaged) only costs time: the files are then linted again, and a damaged file is made anew.

The folder may come with a stranger's repository: links in it are not followed, and a database that holds anything but our table (a view
that computes for ever) counts as damaged.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

import ruleconv

FOLDER = ".ruleconv_cache"
_MOST = 50_000
"""Entries that are kept; past it the oldest go."""
_WAIT = 1
"""Seconds for another run to finish its writing."""
_TABLE = "CREATE TABLE findings (key TEXT PRIMARY KEY, value TEXT NOT NULL)"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def key(name: str, content: str, kind: str, settings: str) -> str:
    """What a file's findings are known by; ``content`` is the digest of its bytes."""
    return digest(f"{content}\0{name}\0{kind}\0{settings}\0{_version()}".encode("utf-8", "surrogatepass"))


@cache
def _version() -> str:
    """Changes whenever a file of the package does."""
    found = hashlib.sha256(f"{ruleconv.__version__} {sys.version_info}".encode())
    for package in (Path(ruleconv.__file__).parent, _backends()):
        stack = [os.fspath(package)] if package is not None else []
        while stack:
            with os.scandir(stack.pop()) as entries:
                for entry in sorted(entries, key=lambda each: each.name):
                    if entry.is_dir():
                        if entry.name != "__pycache__":
                            stack.append(entry.path)
                    else:
                        at = entry.stat()
                        found.update(f"{entry.name} {at.st_size} {at.st_mtime_ns}\n".encode())
    return found.hexdigest()


def _backends() -> Path | None:
    """Their package, found without importing it: a rule asks them whether a query can be translated."""
    from importlib.util import find_spec

    spec = find_spec("ruleconv_backends")
    return Path(spec.origin).parent if spec is not None and spec.origin else None


class Cache:
    """The cache below a folder; made when something is first put into it."""

    def __init__(self, home: Path) -> None:
        self.path = home / FOLDER / "lint.sqlite3"

    def get(self, keys: Iterable[str]) -> dict[str, str]:
        """Those of the keys that are known, with what was put there."""
        found: dict[str, str] = {}
        wanted = list(keys)
        with suppress(sqlite3.Error, OSError):
            if not self.path.is_file() or self._leads_away():
                return {}
            with closing(sqlite3.connect(self.path, timeout=_WAIT)) as connection:
                if not _is_ours(connection):
                    return {}
                for start in range(0, len(wanted), 500):
                    part = wanted[start : start + 500]
                    marks = ",".join("?" * len(part))
                    found.update(connection.execute(f"SELECT key, value FROM findings WHERE key IN ({marks})", part))  # noqa: S608
        return {name: value for name, value in found.items() if isinstance(value, str)}

    def put(self, entries: Mapping[str, str]) -> None:
        """Adds entries."""
        if not entries:
            return
        with suppress(sqlite3.Error, OSError):
            self.path.parent.mkdir(exist_ok=True)
            if self._leads_away():
                return
            with suppress(FileExistsError), open(self.path.parent / ".gitignore", "x", encoding="utf-8") as ignore:
                ignore.write("*\n")
            try:
                self._put(entries)
            except sqlite3.OperationalError:
                return  # locked by another run, or not writable
            except sqlite3.DatabaseError:
                self.path.unlink()
                self._put(entries)

    def _leads_away(self) -> bool:
        return self.path.parent.is_symlink() or self.path.is_symlink()

    def _put(self, entries: Mapping[str, str]) -> None:
        with closing(sqlite3.connect(self.path, timeout=_WAIT)) as connection, connection:
            if not _is_ours(connection):
                raise sqlite3.DatabaseError("not the table of findings")
            connection.execute(_TABLE.replace("TABLE", "TABLE IF NOT EXISTS"))
            connection.executemany("INSERT OR REPLACE INTO findings VALUES (?, ?)", entries.items())
            connection.execute("DELETE FROM findings WHERE rowid <= (SELECT MAX(rowid) FROM findings) - ?", (_MOST,))


def _is_ours(connection: sqlite3.Connection) -> bool:
    """Whether the database holds our table and nothing else, or nothing at all."""
    held = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT 2").fetchall()
    return held in ([], [(_TABLE,)])
