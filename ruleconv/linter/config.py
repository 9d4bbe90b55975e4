"""What a user may set: which rules run, and the facts about a repository that rules ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ruleconv.diagnostic import Severity
from ruleconv.linter.rule import Rule
from ruleconv.schema import Schema, bundled


@dataclass(frozen=True)
class Config:
    """``select``, ``ignore``: prefixes of codes ("ATT", "KQL02", "ALL"); a longer prefix wins over a shorter one, ``ignore`` over
    ``select`` of the same length. ``extend_select``: on besides the recommended ones. ``severity``: by code, instead of the rule's own.
    ``connectors``: ids that the repository knows besides the bundled ones. ``tables``: the schema, the bundled one extended by the
    repository's own tables. ``attack_version``: "19" or "18"."""

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    attack_version: str = "19"
    connectors: tuple[str, ...] = ()
    schema: Schema | None = None

    @property
    def tables(self) -> Schema:
        return bundled() if self.schema is None else self.schema

    def runs(self, rule: Rule) -> bool:
        """Whether the rule is on."""
        ignored = _longest(self.ignore, rule.code)
        chosen = max(_longest(self.select, rule.code), _longest(self.extend_select, rule.code))
        if chosen < 0 and not self.select and rule.recommended:
            chosen = 0
        return chosen >= 0 and chosen > ignored

    def severity_of(self, rule: Rule) -> Severity:
        return self.severity.get(rule.code, rule.severity)


def _longest(prefixes: tuple[str, ...], code: str) -> int:
    """The length of the longest prefix of the code; "ALL" counts as none at all but is one; -1 when there is none."""
    return max((0 if prefix == "ALL" else len(prefix) for prefix in prefixes if prefix == "ALL" or code.startswith(prefix)), default=-1)


DEFAULT = Config()
