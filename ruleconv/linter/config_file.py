"""The configuration in a repository: ``ruleconv.toml``, or ``[tool.ruleconv]`` in ``pyproject.toml``, from the present folder upwards.

``config_schema.json`` says the same for editors; a test holds the two together. What is unknown or wrong is an error with the nearest
thing that would be right.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from ruleconv import reading
from ruleconv.diagnostic import ParseError, Severity, UsageError
from ruleconv.linter.config import Config
from ruleconv.linter.rule import check_code

NAMES = ("ruleconv.toml", "pyproject.toml")
FAIL_ON = ("error", "warning", "info", "never")
ATTACK_VERSIONS = ("18", "19")
KEYS = (
    "select",
    "extend-select",
    "ignore",
    "severity",
    "attack-version",
    "sql-dialect",
    "connectors",
    "tables",
    "overrides",
    "exclude",
    "baseline",
    "fail-on",
)
OVERRIDE_KEYS = ("paths", "extend-select", "ignore")
_MARK = b"ruleconv"


@dataclass(frozen=True)
class Override:
    """Other selections for the files that match one of the globs (``legacy/**``), which are relative to the configuration's folder."""

    paths: tuple[str, ...]
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """A configuration file. ``home``: its folder; ``baseline`` is a path from there."""

    config: Config = field(default_factory=Config)
    overrides: tuple[Override, ...] = ()
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    fail_on: str = "warning"
    home: Path = field(default_factory=Path)
    _made: dict[tuple[Override, ...], Config] = field(default_factory=dict, compare=False, repr=False)

    def for_file(self, path: str) -> Config:
        """The configuration for one file; files with the same overrides share it."""
        if not self.overrides:
            return self.config
        relative = self._relative(path)
        chosen = tuple(each for each in self.overrides if any(_matches(relative, glob) for glob in each.paths))
        if chosen not in self._made:
            self._made[chosen] = replace(
                self.config,
                extend_select=self.config.extend_select + tuple(code for each in chosen for code in each.extend_select),
                ignore=self.config.ignore + tuple(code for each in chosen for code in each.ignore),
            )
        return self._made[chosen]

    def excludes(self, path: str) -> bool:
        return bool(self.exclude) and any(_matches(self._relative(path), glob) for glob in self.exclude)

    def _relative(self, path: str) -> str:
        return Path(os.path.relpath(path, self.home)).as_posix()


def _matches(path: str, glob: str) -> bool:
    """``*`` also crosses folders; a pattern without a wildcard is a file or a folder."""
    glob = glob.removeprefix("./").rstrip("/")
    wild = glob.replace("**", "*")
    return fnmatchcase(path, wild) or path == glob or path.startswith(glob + "/") or (wild.startswith("*/") and fnmatchcase(path, wild[2:]))


def find(start: Path) -> Path | None:
    """The nearest configuration file from a folder upwards; a ``pyproject.toml`` counts only with a table for ruleconv."""
    for folder in (start, *start.parents):
        for name in NAMES:
            path = folder / name
            # One that may not be looked at is none of ours.
            if os.path.isfile(path) and os.access(path, os.R_OK) and (name == NAMES[0] or _is_ours(path)):
                return path
    return None


def _is_ours(path: Path) -> bool:
    if _MARK not in reading.read_bytes(path):
        return False
    tool = _load(path).get("tool")
    return isinstance(tool, dict) and "ruleconv" in tool


def _load(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(reading.read(path).text)
    except (ParseError, ValueError, RecursionError) as error:  # a number of 5,000 digits is a ValueError, too
        raise UsageError(f"{path}: no TOML: {error}") from None


def read(path: Path) -> Settings:
    """The settings of a file. UsageError for what is no TOML, an unknown key or code, or a value of the wrong type."""
    data = _load(path)
    if path.name == NAMES[1]:
        tool = data.get("tool")
        found = tool.get("ruleconv", {}) if isinstance(tool, dict) else {}
        if not isinstance(found, dict):
            raise UsageError(f"{path}: tool.ruleconv must be a table")
        data = found
    return _Reader(path).settings(data)


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path

    def settings(self, data: dict[str, object]) -> Settings:
        from ruleconv.sql.looks import DIALECTS

        self.known(data, KEYS)
        config = Config(
            select=self.codes(data, "select"),
            extend_select=self.codes(data, "extend-select"),
            ignore=self.codes(data, "ignore"),
            severity=self.severities(data.get("severity", {})),
            attack_version=self.one_of(data, "attack-version", ATTACK_VERSIONS, "19"),
            sql_dialect=self.one_of(data, "sql-dialect", DIALECTS, "auto"),
            connectors=self.texts(data, "connectors"),
            schema_files=tuple(str(self.path.parent / name) for name in self.texts(data, "tables")),
        )
        overrides = data.get("overrides", [])
        if not isinstance(overrides, list):
            raise self.wrong("overrides", "a list of tables: [[overrides]]")
        return Settings(
            config,
            tuple(self.override(each) for each in overrides),
            self.texts(data, "exclude"),
            self.text(data, "baseline") or None,
            self.one_of(data, "fail-on", FAIL_ON, "warning"),
            self.path.parent.resolve(),
        )

    def override(self, data: object) -> Override:
        if not isinstance(data, dict):
            raise self.wrong("overrides", "a list of tables: [[overrides]]")
        self.known(data, OVERRIDE_KEYS)
        if not self.texts(data, "paths"):
            raise self.wrong("paths (of overrides)", "a list of globs")
        return Override(self.texts(data, "paths"), self.codes(data, "extend-select"), self.codes(data, "ignore"))

    def severities(self, data: object) -> dict[str, Severity]:
        if not isinstance(data, dict) or not all(isinstance(value, str) and value in set(Severity) for value in data.values()):
            raise self.wrong("severity", f"a table of codes to {', '.join(Severity)}")
        return {self.code(code, exact=True): Severity(value) for code, value in data.items()}

    def known(self, data: dict[str, object], keys: tuple[str, ...]) -> None:
        for key in data:
            if key not in keys:
                from difflib import get_close_matches

                near = get_close_matches(key.replace("_", "-").lower(), keys, 1)
                hint = f"did you mean {near[0]}?" if near else f"keys: {', '.join(keys)}"
                raise UsageError(f"{self.path}: unknown key {key!r}", hint=hint)

    def codes(self, data: dict[str, object], key: str) -> tuple[str, ...]:
        return tuple(self.code(each) for each in self.texts(data, key))

    def code(self, text: str, *, exact: bool = False) -> str:
        try:
            return check_code(text, exact=exact)
        except UsageError as error:
            raise UsageError(f"{self.path}: {error.message}", hint=error.hint) from None

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
        value = data.get(key, default)
        # attack-version = 19 is as clear as "19".
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(text, str) or text not in values:
            raise self.wrong(key, f"one of {', '.join(values)}")
        return text

    def wrong(self, key: str, wanted: str) -> UsageError:
        return UsageError(f"{self.path}: {key} must be {wanted}")
