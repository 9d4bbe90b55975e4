"""``scan``: steps with state over ordered rows."""

from __future__ import annotations

from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir import query as q
from ruleconv.ir.types import Column, Type
from ruleconv.kql import tree
from ruleconv.kql.binding import expressions, findings, operators
from ruleconv.kql.binding.convert import as_type
from ruleconv.kql.binding.parameters import option, word
from ruleconv.kql.binding.parse import added
from ruleconv.kql.binding.registry import bind, operator
from ruleconv.kql.binding.scope import Bound, StepValue
from ruleconv.kql.binding.session import Context


@operator(tree.Scan)
def scan(at: Context, node: tree.Scan, table: Bound) -> Bound:
    if node.order or node.partition:
        raise Unsupported("scan with its own order or partition", node.span, "put sort by and partition before it")
    declared = [Column(d.column.name.name, d.column.type) for d in node.declared]
    defaults = tuple(q.Named(d.column.name.name, _default(at, d)) for d in node.declared)
    state = added(table.columns, declared)
    row = operators.over(at, Bound(q.Rows(state, ()), table.origins))
    scope = at.scope.child()
    for step in node.steps:
        scope.names[step.name.name] = StepValue(step.name.name, {c.name: c for c in state})
    inside = replace(row, scope=scope, sorted=False)
    steps = tuple(_step(inside, step, {c.name: c.type for c in declared}) for step in node.steps)
    match_id = None
    columns = list(state)
    if option(node.parameters, "with_match_id") is not None:
        match_id = word(node.parameters, "with_match_id") or "match_id"
        columns.append(Column(match_id, Type.LONG, False))
    rel = q.Scan(table.rel, match_id, defaults, steps, tuple(columns), node.span)
    return replace(table, rel=rel, sorted=True)


def _default(at: Context, declaration: tree.ScanDeclaration) -> ir.Expr:
    type_ = declaration.column.type
    if declaration.default is None:
        return ir.Literal("" if type_ is Type.STRING else None, type_, declaration.span)
    return as_type(bind(Context(at.session, at.scope), declaration.default), type_)


def _step(at: Context, step: tree.ScanStep, declared: dict[str, Type]) -> q.ScanStep:
    condition = expressions.predicate(at, step.condition)
    assignments = []
    for item in step.assignments:
        if not isinstance(item, tree.NamedExpr) or len(item.names) != 1:
            at.session.report(findings.misplaced("a step assigns: name = value", item.span))
            continue
        name = item.names[0].name
        value = bind(at, item.value)
        if name not in declared:
            at.session.report(findings.unknown_column(name, item.names[0].span))
            continue
        assignments.append(q.Named(name, as_type(value, declared[name])))
    return q.ScanStep(step.name.name, step.optional, step.output or "all", condition, tuple(assignments))
