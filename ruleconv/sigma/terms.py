r"""Regular expressions that ask for a term, as our own Sigma writer makes them of KQL's ``has`` (S41): ``(?:^|[\W_])admin(?:$|[\W_])``.

They are read as terms again: engines differ in whether ``\W`` knows letters beyond ASCII, and KQL says ``has`` shorter and faster.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ruleconv.ir.expr import And, Expr, How, Literal, Match, Not, Or, Quantifier

LEFT, RIGHT = r"(?:^|[\W_])", r"(?:$|[\W_])"
_LITERAL = re.compile(r"(?:\\[\\.+*?()|\[\]{}^$nrtfv]|[^\\.+*?()|\[\]{}^$])+")
_NAMED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}


def term(regex: str) -> tuple[How, str] | None:
    """How and which term the expression looks for; None for all others."""
    left, right = regex.startswith(LEFT), regex.endswith(RIGHT)
    body = regex[len(LEFT) if left else 0 : len(regex) - len(RIGHT) if right else len(regex)]
    if not (left or right) or len(regex) < len(LEFT) * left + len(RIGHT) * right or not _LITERAL.fullmatch(body):
        return None
    text = re.sub(r"\\(.)", lambda found: _NAMED.get(found[1], found[1]), body, flags=re.DOTALL)
    starts, ends = text[0].isalnum(), text[-1].isalnum()
    # A border that stands beside no letter or digit asks for more than a term does.
    if (left and not starts) or (right and not ends):
        return None
    if left is starts and right is ends:
        return How.TERM, text
    return (How.TERM_PREFIX if starts and left else How.TERM_SUFFIX), text


def with_terms(test: Expr) -> Expr:
    """The test with a comparison of terms for each expression that asks for one."""
    match test:
        case And() | Or():
            return replace(test, terms=tuple(map(with_terms, test.terms)))
        case Not():
            return replace(test, term=with_terms(test.term))
        case Match(how=How.REGEX):
            return _with_terms(test)
        case _:
            return test


def _with_terms(test: Match) -> Expr:
    patterns: dict[How, list[Expr]] = {}
    for pattern in test.patterns:
        found = term(pattern.value) if isinstance(pattern, Literal) and isinstance(pattern.value, str) else None
        made = pattern if found is None else Literal(found[1], pattern.type, pattern.span)
        patterns.setdefault(How.REGEX if found is None else found[0], []).append(made)
    if list(patterns) == [How.REGEX]:
        return test
    tests: tuple[Expr, ...] = tuple(replace(test, how=how, patterns=tuple(group)) for how, group in patterns.items())
    if len(tests) == 1:
        return tests[0]
    return (And if (test.quantifier is Quantifier.ALL) is not test.negated else Or)(tests, test.span)
