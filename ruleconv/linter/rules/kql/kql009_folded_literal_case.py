from __future__ import annotations

from collections.abc import Iterator

from ruleconv.diagnostic import Edit, Fix, Severity
from ruleconv.kql import tree
from ruleconv.linter.examples import kql
from ruleconv.linter.query_nodes import bare, text
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_FOLDS = {"tolower": str.lower, "toupper": str.upper}
_EXACT = ("==", "!=", "in", "!in", "contains_cs", "!contains_cs", "startswith_cs", "endswith_cs", "has_cs", "!has_cs")


class FoldedLiteralCase(Rule):
    """A folded value is compared with a text in the other case: `tolower(x) == "ABC"`.

    It is never equal: the rule finds nothing.
    """

    code = "KQL009"
    name = "folded-literal-case"
    severity = Severity.ERROR
    on = (
        Kind.SENTINEL,
        Kind.KQL,
    )
    fixable = "unsafe"
    bad = (
        kql(
            """\
SigninLogs
| where tolower(Identity) == 'Admin'
""",
            fixed="""\
SigninLogs
| where tolower(Identity) == 'admin'
""",
        ),
    )
    good = (
        kql("""\
SigninLogs
| where tolower(Identity) == 'admin'
"""),
        kql("""\
SigninLogs
| where tolower(Identity) has 'Admin'
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        nodes: list[tree.Binary | tree.InList] = [*subject.nodes(tree.Binary), *subject.nodes(tree.InList)]
        for node in nodes:
            left = bare(node.left if isinstance(node, tree.Binary) else node.subject)
            if node.op not in _EXACT or not isinstance(left, tree.Call) or left.name not in _FOLDS:
                continue
            fold = _FOLDS[left.name]
            for item in (node.right,) if isinstance(node, tree.Binary) else node.items:
                value = text(item)
                if value is None or fold(value) == value:
                    continue
                span = subject.in_query(item.span)
                literal = subject.file.text[span.start : span.end]
                plain = literal[1:-1] == value and "\\" not in value
                fix = Fix(f"Write {fold(literal)}", (Edit(span, fold(literal)),), safe=False) if plain else None
                yield Finding(span, f"{left.name}() never gives {value!r}", f"write {fold(value)!r}", fix)
