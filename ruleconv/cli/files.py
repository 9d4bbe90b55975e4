"""Which files a command reads, and how one writes its results: whole or not at all, and never over a rule that it reads."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath

from ruleconv.diagnostic import UsageError
from ruleconv.reading import MAX_BYTES, decode, read_bytes
from ruleconv.rulefile.detect import EXPORT_MARKS, JSON_SUFFIX
from ruleconv.text import Source

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Input:
    """``path`` is what the user wrote or what a folder holds; ``relative`` where it stands in that folder."""

    path: str
    relative: PurePath

    @property
    def name(self) -> str:
        """As messages say it: ``./a.kql`` is a.kql."""
        return "<stdin>" if self.path == STDIN else str(PurePath(self.path))

    def load(self) -> Source:
        """The text. Unreadable when it cannot be read, ParseError when it is no text."""
        return decode(self.data(), self.name)

    def data(self) -> bytes:
        """The bytes. Unreadable when they cannot be read."""
        return sys.stdin.buffer.read(MAX_BYTES + 1) if self.path == STDIN else read_bytes(self.path)


def expand(paths: Sequence[str], suffixes: Sequence[str], unreadable: list[OSError]) -> list[Input]:
    """The inputs for the arguments: files as they are, of folders all files with one of the suffixes, sorted; each once.

    Hidden files, and links that lead out of a folder, are left out. ``unreadable`` takes the folders that cannot be read. UsageError for
    a path that does not exist, and when there is nothing to read.
    """
    found: list[Input] = []
    if paths.count(STDIN) > 1:
        raise UsageError("stdin (-) is given twice")
    for path in paths:
        if path == STDIN:
            found.append(Input(path, PurePath("stdin")))
        elif os.path.isdir(path):
            found.extend(_walk(path, tuple(suffixes), unreadable.append))
        elif os.path.lexists(path):
            found.append(Input(path, PurePath(os.path.basename(path))))
        else:
            hint = "no file matches this pattern" if set(path) & set("*?[") else ""
            raise UsageError(f"{path or repr(path)}: no such file or folder", hint=hint)
    if not found and not unreadable:
        raise UsageError("no rules in " + ", ".join(paths), hint=f"files of a folder end in {', '.join(suffixes)}")
    once: dict[str, Input] = {}
    for each in found:
        once.setdefault(os.path.abspath(each.path), each)
    return list(once.values())


def _walk(root: str, suffixes: tuple[str, ...], failed: Callable[[OSError], None]) -> Iterator[Input]:
    home = os.path.realpath(root)
    for folder, folders, files in os.walk(root, onerror=failed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(folder, name)
            if name.startswith(".") or not name.casefold().endswith(suffixes) or not _inside(os.path.realpath(path), home):
                continue
            if name.casefold().endswith(JSON_SUFFIX) and not _exported(path):
                continue
            yield Input(path, PurePath(os.path.relpath(path, root)))


def _exported(path: str) -> bool:
    """A JSON file that a portal may have exported; one that cannot be read is kept, to be told."""
    try:
        text = read_bytes(path)
    except UsageError:
        return True
    return any(mark in text for mark in EXPORT_MARKS)


def _inside(path: str, folder: str) -> bool:
    return os.path.commonpath([path, folder]) == folder


def outputs(inputs: Sequence[Input], suffix: str) -> dict[Input, PurePath]:
    """Where each input's result goes, relative to the output folder: the suffix replaced, or added where two would meet.

    UsageError when two inputs still want the same file. Names that differ in case alone count as the same: some file systems think so.
    """
    short = {each: each.relative.with_suffix(suffix) for each in inputs}
    met = Counter(str(path).casefold() for path in short.values())
    chosen = {
        each: path if met[str(path).casefold()] == 1 else each.relative.with_name(each.relative.name + suffix)
        for each, path in short.items()
    }
    taken: dict[str, Input] = {}
    for each, path in chosen.items():
        other = taken.setdefault(str(path).casefold(), each)
        if other is not each:
            raise UsageError(f"{other.path} and {each.path} would both be written to {path}")
    return chosen


def keep_inputs(paths: Iterable[str], inputs: Sequence[Input]) -> None:
    """UsageError for a path to write to that is one of the inputs."""
    read = {found: each for each in inputs if each.path != STDIN and (found := _identity(each.path))}
    for path in paths:
        each = read.get(_identity(path) or (-1, -1))
        if each is not None:
            raise UsageError(
                f"{each.name} is a rule that is read: it would be written over", hint="name another file or folder to write to"
            )


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def put(path: str, text: str, option: str) -> None:
    """Writes the file that an option names, whole or not at all; a link to it stays a link, and a device or a pipe is written to.

    What UTF-8 cannot say is spelt out, as by ``write``. UsageError when that is not possible.
    """
    if not path or "\0" in path:
        raise UsageError(f"{option}: {path!r} is no file's name")
    data = text.encode("utf-8", "backslashreplace")
    try:
        if os.path.isdir(path):
            raise UsageError(f"{option} {path}: a folder; a file is expected")
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as file:
                file.write(data)
            return
        target = os.path.realpath(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        _replace(target, os.path.dirname(target), data, os.stat(target).st_mode & 0o7777 if os.path.exists(target) else None)
    except FileExistsError as error:
        raise UsageError(f"{option} {path}: {error.filename} is no folder") from None
    except OSError as error:
        raise UsageError(f"{option} {path}: {error.strerror or error}") from None


def write(folder: str, relative: PurePath, text: str) -> str:
    """Writes a file below ``folder``, whole or not at all; gives its path. UsageError when that is not possible.

    What UTF-8 cannot say (half a character, in the name of a file that the text speaks of) is spelt out, as on stdout.
    """
    home = os.path.realpath(folder)
    path = os.path.join(home, relative)
    parent = os.path.dirname(path)
    try:
        # Checked before anything is made, too: a link among the parents could lead folders astray.
        if relative.is_absolute() or ".." in relative.parts or not _inside(os.path.realpath(parent), home):
            raise UsageError(f"{os.path.join(folder, relative)} lies outside of {folder}")
        os.makedirs(parent, exist_ok=True)
        if os.path.lexists(path) and not os.path.islink(path) and not os.path.isfile(path):
            raise UsageError(f"{os.path.join(folder, relative)}: something other than a file stands there")
        _replace(path, parent, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"{os.path.join(folder, relative)}: {error.strerror or error}") from None
    return os.path.join(folder, relative)


def rewrite(path: str, data: bytes) -> None:
    """Gives a file another content, whole or not at all; its mode, its owner and a link to it stay. UsageError when that fails."""
    target = os.path.realpath(path)
    try:
        if not os.access(target, os.W_OK):
            raise UsageError(f"{path}: not writable")
        _replace(target, os.path.dirname(target), data, like=os.stat(target))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None


def _replace(path: str, parent: str, data: bytes, mode: int | None = None, like: os.stat_result | None = None) -> None:
    # Named here and not by mkstemp: an interrupt within that would leave the file behind.
    temporary = os.path.join(parent, f".ruleconv-{os.getpid()}-{os.urandom(8).hex()}")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb") as file:
            file.write(data)
        if like is not None:
            mode = like.st_mode & 0o7777
            with suppress(PermissionError, AttributeError):  # for root, who may; Windows has no such owners
                os.chown(temporary, like.st_uid, like.st_gid)
        if mode is None:
            mask = os.umask(0)
            os.umask(mask)
            mode = 0o666 & ~mask
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        # Gone already, when an interrupt comes right after the replacement: it must not be taken for a failed write.
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
