"""The configuration in a repository: ``ruleconv.toml``, or ``[tool.ruleconv]`` in ``pyproject.toml``, from the present folder upwards.

Keys are those of ``config_schema.json``; an unknown one is an error with the nearest known one.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from ruleconv.diagnostic import Severity, UsageError
from ruleconv.linter.config import Config
from ruleconv.schema import bundled, load
from ruleconv.sql.looks import DIALECTS

NAMES = ("ruleconv.toml", "pyproject.toml")
FAIL_ON = ("error", "warning", "info", "never")


@dataclass(frozen=True)
class Override:
    """Other selections for the files that match one of the globs (``legacy/**``), which are relative to the configuration's folder."""

    paths: tuple[str, ...]
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """A configuration file. ``home``: its folder."""

    config: Config = field(default_factory=Config)
    overrides: tuple[Override, ...] = ()
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    fail_on: str = "warning"
    home: Path = field(default_factory=Path)

    def for_file(self, path: str) -> Config:
        """The configuration for one file."""
        relative = self._relative(path)
        chosen = self.config
        for override in self.overrides:
            if any(_matches(relative, glob) for glob in override.paths):
                chosen = replace(
                    chosen, extend_select=chosen.extend_select + override.extend_select, ignore=chosen.ignore + override.ignore
                )
        return chosen

    def excludes(self, path: str) -> bool:
        return bool(self.exclude) and any(_matches(self._relative(path), glob) for glob in self.exclude)

    def _relative(self, path: str) -> str:
        return Path(os.path.relpath(path, self.home)).as_posix()


def _matches(path: str, glob: str) -> bool:
    """``*`` also crosses folders; a pattern without a wildcard is a file or a folder."""
    glob = glob.removeprefix("./").rstrip("/")
    return fnmatchcase(path, glob.replace("**", "*")) or path == glob or path.startswith(glob + "/")


def find(start: Path) -> Path | None:
    """The nearest configuration file from a folder upwards; a ``pyproject.toml`` counts only with a table for ruleconv."""
    for folder in (start, *start.parents):
        for name in NAMES:
            path = folder / name
            if path.is_file() and (name != "pyproject.toml" or "[tool.ruleconv" in path.read_text("utf-8", "replace")):
                return path
    return None


def read(path: Path) -> Settings:
    """The settings of a file. UsageError for what is no TOML, an unknown key or a value of the wrong type."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: no TOML: {error}") from None
    if path.name == "pyproject.toml":
        data = data.get("tool", {}).get("ruleconv", {})
    return _Reader(path).settings(data)


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path

    def settings(self, data: dict[str, object]) -> Settings:
        known = ("select", "extend-select", "ignore", "severity", "attack-version", "sql-dialect", "connectors", "tables", "overrides", "exclude")
        self.known(data, (*known, "baseline", "fail-on"))
        tables = self.texts(data, "tables")
        config = Config(
            select=self.texts(data, "select"),
            extend_select=self.texts(data, "extend-select"),
            ignore=self.texts(data, "ignore"),
            severity=self.severities(data.get("severity", {})),
            attack_version=self.one_of(data, "attack-version", ("18", "19"), "19"),
            sql_dialect=self.one_of(data, "sql-dialect", DIALECTS, "auto"),
            connectors=self.texts(data, "connectors"),
            schema=bundled() | load([str(self.path.parent / name) for name in tables]) if tables else None,
        )
        overrides = data.get("overrides", [])
        if not isinstance(overrides, list):
            raise self.wrong("overrides", "a list of tables: [[overrides]]")
        baseline = self.text(data, "baseline")
        return Settings(
            config,
            tuple(self.override(each) for each in overrides),
            self.texts(data, "exclude"),
            str(self.path.parent / baseline) if baseline else None,
            self.one_of(data, "fail-on", FAIL_ON, "warning"),
            self.path.parent.resolve(),
        )

    def override(self, data: object) -> Override:
        if not isinstance(data, dict):
            raise self.wrong("overrides", "a list of tables: [[overrides]]")
        self.known(data, ("paths", "extend-select", "ignore"))
        return Override(self.texts(data, "paths"), self.texts(data, "extend-select"), self.texts(data, "ignore"))

    def severities(self, data: object) -> dict[str, Severity]:
        if not isinstance(data, dict) or not all(value in set(Severity) for value in data.values()):
            raise self.wrong("severity", f"a table of codes to {', '.join(Severity)}")
        return {code: Severity(value) for code, value in data.items()}

    def known(self, data: dict[str, object], keys: tuple[str, ...]) -> None:
        for key in data:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, 1)
                raise UsageError(
                    f"{self.path}: unknown key {key!r}", hint=f"did you mean {near[0]}?" if near else f"keys: {', '.join(keys)}"
                )

    def texts(self, data: dict[str, object], key: str) -> tuple[str, ...]:
        value = data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, "a list of texts")
        return tuple(value)

    def text(self, data: dict[str, object], key: str) -> str:
        value = data.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, "a text")
        return value

    def one_of(self, data: dict[str, object], key: str, values: tuple[str, ...], default: str) -> str:
        value = str(data.get(key, default))
        if value not in values:
            raise self.wrong(key, f"one of {', '.join(values)}")
        return value

    def wrong(self, key: str, wanted: str) -> UsageError:
        return UsageError(f"{self.path}: {key} must be {wanted}")
