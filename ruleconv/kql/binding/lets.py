"""Names that ``let`` makes known."""

from __future__ import annotations

from ruleconv.diagnostic import Unsupported
from ruleconv.kql import tree
from ruleconv.kql.binding import findings
from ruleconv.kql.binding.scope import FunctionValue, LetValue, Scope
from ruleconv.kql.binding.session import Session


def declare(session: Session, scope: Scope, statements: tuple[tree.Statement, ...], *, quiet: bool = False) -> None:
    """Puts the lets of a body into its scope."""
    for statement in statements:
        match statement:
            case tree.Let():
                let(session, scope, statement, quiet=quiet)
            case tree.SetOption():
                pass
            case _:
                if not quiet:
                    raise Unsupported("a statement of this kind inside a function", statement.span)


def let(session: Session, scope: Scope, statement: tree.Let, *, quiet: bool = False) -> None:
    """Makes the name of a let known from here on."""
    name = statement.name.name
    if name in scope.names and not quiet and isinstance(scope.names[name], LetValue | FunctionValue):
        session.report(findings.redeclared(name, statement.name.span))
    seen = scope.copy()
    if isinstance(statement.value, tree.FunctionDeclaration):
        scope.names[name] = FunctionValue(name, statement.value, seen, statement.name.span)
    else:
        scope.names[name] = LetValue(name, statement.value, seen, statement.name.span)
