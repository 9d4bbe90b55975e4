from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ruleconv.diagnostic import Severity
from ruleconv.linter import edits, sigma_facts, sigma_values
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.rulefile.yaml_nodes import Node
from ruleconv.text import Span


class LogsourceUnknown(Rule):
    """The log source is none of Sigma's taxonomy.

    Converters choose the table by product, category and service, so a name that nobody knows finds no events. Products that the taxonomy
    does not have are taken for your own, unless the name is nearly a known one.
    """

    code = "SIG014"
    name = "logsource-unknown"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    fixable = "unsafe"
    reference = "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-taxonomy.md"
    bad = (
        sigma(
            """\
logsource:
  category: process-creation
  product: windows
""",
            fixed="""\
logsource:
  category: process_creation
  product: windows
""",
        ),
        sigma("""\
logsource:
  service: rdp
  product: windows
"""),
    )
    good = (
        sigma("""\
logsource:
  category: process_creation
  product: windows
"""),
        sigma("""\
logsource:
  service: audit
  product: our_own_product
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None or view.kind == "correlation":
            return
        node = view.logsource("product")
        product = node.text if node is not None else ""
        if node is not None and product not in sigma_facts.products():
            if near := _near(product, sigma_facts.products()):
                yield self._unknown(node, "product", near)
            return
        for key in ("category", "service"):
            value = view.logsource(key)
            if value is None:
                continue
            known = sigma_facts.logsources().get((product, key), frozenset()) | sigma_facts.logsources().get(("", key), frozenset())
            if value.text in known or (not product and value.text in sigma_facts.names(key)):
                continue
            other = "service" if key == "category" else "category"
            if value.text in sigma_facts.logsources().get((product, other), frozenset()):
                name = view_key(view.document, key)
                message = f"{value.text} is a {other} of {product or 'Sigma'}, and no {key}"
                yield Finding(name or value.span, message, f"write {other}: {value.text}")
            else:
                yield self._unknown(value, f"{key} of {product}" if product else key, _near(value.text, known))

    def _unknown(self, node: Node, what: str, near: str) -> Finding:
        hint = f"did you mean {near}?" if near else "the taxonomy of Sigma has the names"
        fix = edits.rewrite(node, near, safe=False) if near else None
        return Finding(node.span, f"{sigma_values.shown(node.text)} is no {what} that Sigma knows", hint, fix)


def _near(name: str, known: frozenset[str]) -> str:
    folded = name.casefold().replace("-", "_").replace(" ", "_")
    same = [each for each in known if each.replace("-", "_") == folded]
    found = same or get_close_matches(folded, sorted(known), 1, 0.85)
    return found[0] if found else ""


def view_key(document: Node, key: str) -> Span | None:
    """Where the key stands in the log source."""
    node = document.get("logsource")
    pairs = node.pairs if node is not None else []
    return next((name.span for name, _ in pairs if name.text == key), None)
