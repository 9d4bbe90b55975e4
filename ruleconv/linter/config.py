"""What a user may set: which rules run, and the facts about a repository that rules ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from ruleconv.diagnostic import Severity
from ruleconv.linter.rule import Rule, rules_of
from ruleconv.rulefile.model import Kind
from ruleconv.schema import Schema, bundled, load


@dataclass(frozen=True)
class Config:
    """``select``, ``ignore``: prefixes of codes ("ATT", "KQL02", "ALL"); a longer prefix wins over a shorter one, ``ignore`` over
    ``select`` of the same length. ``extend_select``: on besides the recommended ones. ``severity``: by code, instead of the rule's own.
    ``connectors``: ids that the repository knows besides the bundled ones. ``tables``: the schema, the bundled one extended by the
    repository's own tables, which ``schema_files`` name (a configuration is then small, and another process reads them itself), or
    ``schema`` instead. ``attack_version``: "19" or "18". ``sql_dialect``: that of SQL files, one of ``ruleconv.sql.looks.DIALECTS``;
    "auto" is PostgreSQL where a file does not look like another one."""

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    attack_version: str = "19"
    sql_dialect: str = "auto"
    connectors: tuple[str, ...] = ()
    schema: Schema | None = None
    schema_files: tuple[str, ...] = ()

    @property
    def tables(self) -> Schema:
        return _tables(self.schema_files) if self.schema is None else self.schema

    @cached_property
    def _running(self) -> dict[Kind, tuple[Rule, ...]]:
        return {}

    def rules(self, kind: Kind) -> tuple[Rule, ...]:
        """Those that are on for such files, by code."""
        if kind not in self._running:
            self._running[kind] = tuple(rule for rule in rules_of(kind) if self.runs(rule))
        return self._running[kind]

    def runs(self, rule: Rule) -> bool:
        """Whether the rule is on."""
        return self.selects(rule.code, rule.recommended)

    def selects(self, code: str, recommended: bool = True) -> bool:
        """Whether findings with the code count."""
        ignored = _longest(self.ignore, code)
        chosen = max(_longest(self.select, code), _longest(self.extend_select, code))
        if chosen < 0 and not self.select and recommended:
            chosen = 0
        return chosen >= 0 and chosen > ignored

    def severity_of(self, rule: Rule) -> Severity:
        return self.severity.get(rule.code, rule.severity)


@cache
def _tables(files: tuple[str, ...]) -> Schema:
    return bundled() | load(list(files)) if files else bundled()


def _longest(prefixes: tuple[str, ...], code: str) -> int:
    """The length of the longest prefix of the code; "ALL" counts as none at all but is one; -1 when there is none."""
    return max((0 if prefix == "ALL" else len(prefix) for prefix in prefixes if prefix == "ALL" or code.startswith(prefix)), default=-1)


DEFAULT = Config()
