"""The arguments of a call against the parameters of a function or an aggregate: how many there are, and of which types."""

from __future__ import annotations

from ruleconv.catalogue.model import Parameter
from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.types import Type
from ruleconv.kql import tree
from ruleconv.kql.binding import findings, signatures
from ruleconv.kql.binding.convert import as_type
from ruleconv.kql.binding.session import Context


def check_count(at: Context, name: str, parameters: tuple[Parameter, ...], node: tree.Call, given: int | None = None) -> bool:
    """Reports a call with too few or too many arguments."""
    count = len(node.args) if given is None else given
    least = next((i for i, p in enumerate(parameters) if p.optional), len(parameters))
    if parameters and parameters[-1].repeated and parameters[-1].optional:
        least = min(least, len(parameters) - 1)
    most = None if parameters and parameters[-1].repeated else len(parameters)
    if count < least or (most is not None and max(count, len(node.args) if given is None else count) > most):
        at.session.report(findings.argument_count(name, least, most, count, node.name_span))
        return False
    return True


def check_types(at: Context, parameters: tuple[Parameter, ...], args: list[ir.Expr], node: tree.Call, of: str) -> list[ir.Expr]:
    """The arguments in the parameters' types. What Microsoft's parser does not take either is reported, or, where the meaning is clear,
    doubted; what only we cannot say is refused. ``of``: a function or an aggregate (``signatures``)."""
    reported = len(at.session.findings)
    fitted = []
    for number, value in enumerate(args):
        parameter = parameters[min(number, len(parameters) - 1)] if parameters else None
        converted = _fitted(parameter, value) if parameter is not None else value
        if converted is None:
            assert parameter is not None
            if not signatures.takes(of, node.name, number, len(args), value.type):
                at.session.report(findings.wrong_type(parameter.types, value.type, value.span))
            else:
                at.session.refusals.append(Unsupported(f"{node.name}() of a {value.type.value}", value.span, "convert it"))
        fitted.append(value if converted is None else converted)
    if len(at.session.findings) == reported:
        signatures.doubt(at, of, node, args)
    return fitted


_WIDER = {Type.INT: (Type.LONG, Type.REAL, Type.DECIMAL), Type.LONG: (Type.REAL, Type.DECIMAL), Type.REAL: (Type.DECIMAL,)}


def _fitted(parameter: Parameter, value: ir.Expr) -> ir.Expr | None:
    """The value in the parameter's type, None when it has none of its types."""
    types = parameter.types
    if value.type is Type.DYNAMIC and not parameter.text and types and types[0].is_numeric:
        return as_type(value, Type.REAL if Type.REAL in types else types[0])
    if not types or value.type in types or value.type is Type.UNKNOWN:
        return value
    wider = next((t for t in _WIDER.get(value.type, ()) if t in types), None)
    return as_type(value, wider) if wider is not None else None
