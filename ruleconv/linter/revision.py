"""Files as they were in a revision of the repository, by way of git."""

from __future__ import annotations

import os
import subprocess  # of git alone, with a list of arguments
from functools import cached_property
from pathlib import Path

from ruleconv.diagnostic import UsageError
from ruleconv.reading import MAX_BYTES

_TIMEOUT = 60


class Revision:
    """``name``: what git takes for one (``origin/main``); the merge base with HEAD is compared with. UsageError when git knows none."""

    def __init__(self, name: str, folder: Path) -> None:
        if name.startswith("-"):
            raise UsageError(f"no revision {name!r}")
        self.folder = folder
        self.top = Path(self._text("rev-parse", "--show-toplevel")).resolve()
        commit = self._text("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", what=f"git knows no revision {name!r}")
        # A shallow clone may know no merge base; the revision itself is then the nearest thing.
        self.commit = self._run("merge-base", commit, "HEAD").decode().strip() or commit

    def content(self, path: str) -> bytes | None:
        """The bytes of a file that has changed since, by the name that it had then; None when it is as it was, or was not there."""
        try:
            relative = Path(os.path.realpath(path)).relative_to(self.top).as_posix()
        except ValueError:
            return None
        if relative not in self._changed:
            return None
        found = self._run("show", f"{self.commit}:{self._changed[relative]}")
        return found[: MAX_BYTES + 1] or None

    @cached_property
    def _changed(self) -> dict[str, str]:
        """Files that are no longer what they were, in the working tree: the present name to the one of then. One call for all."""
        fields = self._run("diff", "--name-status", "-z", "--find-renames", "--no-ext-diff", "--no-relative", self.commit, "--")
        words = iter(os.fsdecode(fields).split("\0"))
        found: dict[str, str] = {}
        for status in words:
            if status[:1] in ("R", "C"):
                old = next(words, "")
                found[next(words, "")] = old
            elif status:
                name = next(words, "")
                if status == "M":
                    found[name] = name
        return found

    def _text(self, *arguments: str, what: str = "") -> str:
        found = os.fsdecode(self._run(*arguments)).strip()
        if not found:
            raise UsageError(what or f"{self.folder} lies in no git repository", hint="--base needs one")
        return found

    def _run(self, *arguments: str) -> bytes:
        """git's output; empty when it fails."""
        try:
            done = subprocess.run(["git", *arguments], cwd=self.folder, capture_output=True, timeout=_TIMEOUT, check=False)  # noqa: S603, S607
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UsageError(f"git does not answer: {error}", hint="--base needs git") from None
        return done.stdout if done.returncode == 0 else b""
