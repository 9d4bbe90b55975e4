"""Files as they were in a revision of the repository, by way of git."""

from __future__ import annotations

import os
import subprocess  # of git alone, with a list of arguments
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
        self.commit = self._run("merge-base", commit, "HEAD").decode().strip() or commit

    def content(self, path: str) -> bytes | None:
        """The file's bytes in that revision; None when it was not there."""
        try:
            relative = Path(os.path.realpath(path)).relative_to(self.top)
        except ValueError:
            return None
        found = self._run("show", f"{self.commit}:{relative.as_posix()}")
        return found[: MAX_BYTES + 1] or None

    def _text(self, *arguments: str, what: str = "") -> str:
        found = self._run(*arguments).decode("utf-8", "replace").strip()
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
