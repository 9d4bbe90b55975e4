"""What a lint rule is, and the registry of all of them.

A rule is a class in a file of its own, ``rules/<group>/<code>_<name>.py``. Its docstring (what is wrong and why, in a few sentences), its
``bad`` and ``good`` examples and its attributes are its page in the documentation and its tests.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, ClassVar

from ruleconv.diagnostic import Fix, Severity, UsageError
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span

if TYPE_CHECKING:
    from ruleconv.linter.examples import Example
    from ruleconv.linter.subject import Subject

GROUPS: dict[str, tuple[Kind, ...]] = {
    "sch": (Kind.SENTINEL, Kind.SIGMA, Kind.KQL),
    "met": (Kind.SENTINEL, Kind.SIGMA, Kind.KQL, Kind.SQL),
    "att": (Kind.SENTINEL, Kind.SIGMA),
    "ent": (Kind.SENTINEL,),
    "con": (Kind.SENTINEL,),
    "kql": (Kind.SENTINEL, Kind.KQL),
    "sig": (Kind.SIGMA,),
    "sql": (Kind.SQL,),
    "xrf": tuple(Kind),
}
"""The folders of ``rules/`` and the kinds of files for which their modules are loaded at all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: ``span`` counts characters of the file (``Subject.in_query`` turns a query's spans into such)."""

    span: Span
    message: str
    hint: str = ""
    fix: Fix | None = None


class Rule:
    """Base of all rules; ``check`` yields the findings of one rule file.

    ``on``: the kinds that it looks at. ``recommended``: on without being selected. ``per_file``: looks at the file once, not at each rule
    in it. ``across``: compares files (``across.py``), its examples only show it. ``fixable``: "safe", "unsafe" or "". ``reference``: a URL
    that tells more.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    on: ClassVar[tuple[Kind, ...]]
    recommended: ClassVar[bool] = True
    per_file: ClassVar[bool] = False
    across: ClassVar[bool] = False
    fixable: ClassVar[str] = ""
    reference: ClassVar[str] = ""
    bad: ClassVar[tuple[Example, ...]] = ()
    good: ClassVar[tuple[Example, ...]] = ()

    def __init_subclass__(cls) -> None:
        _REGISTRY[cls.code] = cls

    def check(self, subject: Subject) -> Iterator[Finding]:
        """The findings of one rule. Must bear any YAML shape: a list where a mapping belongs, a null in a list."""
        raise NotImplementedError


_REGISTRY: dict[str, type[Rule]] = {}


@cache
def rules_of(kind: Kind) -> tuple[Rule, ...]:
    """All rules that look at this kind of file, by code."""
    for group, kinds in GROUPS.items():
        if kind in kinds:
            _load(group)
    return tuple(_REGISTRY[code]() for code in sorted(_REGISTRY) if kind in _REGISTRY[code].on)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by code."""
    for group in GROUPS:
        _load(group)
    return tuple(_REGISTRY[code]() for code in sorted(_REGISTRY))


@cache
def codes_of() -> tuple[str, ...]:
    """The codes of all rules, from the names of their files: no rule is loaded for it."""
    home = os.path.join(os.path.dirname(__file__), "rules")
    modules = (module.name for module in iter_modules([os.path.join(home, group) for group in GROUPS]))
    return tuple(sorted(name.split("_")[0].upper() for name in modules))


def nearest_code(code: str) -> str | None:
    """The code that was meant, perhaps."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(code.upper(), codes_of(), 1)), None)


def check_code(text: str, *, exact: bool = False) -> str:
    """The code or beginning of codes (``ALL`` too, unless ``exact``) in its one form. UsageError for one that no rule has: it would
    silently do nothing."""
    code = text.strip().upper()
    known = codes_of()
    if code in known or (not exact and code and (code == "ALL" or any(each.startswith(code) for each in known))):
        return code
    near = nearest_code(code)
    raise UsageError(f"no rule {text.strip()}", hint=f"did you mean {near}?" if near else "ruleconv rule --all lists the rules")


def rule_of(code: str) -> Rule:
    """The rule of a code. Of all groups, only its own is loaded."""
    _load(code.rstrip("0123456789").lower())
    return _REGISTRY[code]()


@cache
def _load(group: str) -> None:
    package = import_module(f"ruleconv.linter.rules.{group}")
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
