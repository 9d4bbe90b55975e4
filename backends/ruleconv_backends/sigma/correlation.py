"""``summarize`` with a threshold as a Sigma correlation."""

from __future__ import annotations

from dataclasses import dataclass

from ruleconv.ir import expr as ir
from ruleconv.rulefile.metadata import Metadata
from ruleconv.rulefile.yaml_text import Value as Yaml
from ruleconv_backends.sigma.flow import Flow, State
from ruleconv_backends.sigma.logsource import Named
from ruleconv_backends.sigma.losses import Losses
from ruleconv_backends.sigma.rule import About
from ruleconv_backends.sigma.tree import Tree


@dataclass(frozen=True, slots=True)
class Plan:
    extra: ir.Expr | None


def plan(state: State, metadata: Metadata, losses: Losses) -> Plan | None:
    return None


def documents(
    plan: Plan, about: About, rules: list[tuple[Flow, Named, Tree, dict[str, Yaml]]], suffixes: list[str], losses: Losses
) -> list[dict[str, Yaml]]:
    return []
