from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ruleconv.diagnostic import Fix, Severity
from ruleconv.linter import edits, sigma_facts
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind
from ruleconv.text import Span


class FieldUnknown(Rule):
    """A field is nearly one that these events have.

    The fields of Windows' categories are those of Sysmon's events, and most stores know a name in its own spelling only: `Commandline`
    finds nothing where `CommandLine` is meant. Names that resemble none are left alone: they may be added on the way into the store.
    """

    code = "SIG015"
    name = "field-unknown"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    fixable = "unsafe"
    bad = (
        sigma(
            """\
detection:
  selection:
    Commandline|contains: whoami
  condition: selection
""",
            fixed="""\
detection:
  selection:
    CommandLine|contains: whoami
  condition: selection
""",
        ),
        sigma("""\
detection:
  selection:
    ParentImages|endswith: '\\w3wp.exe'
  condition: selection
"""),
    )
    good = (
        sigma("""\
detection:
  selection:
    CommandLine|contains: whoami
    OurAssetTag: server
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        product, category = view.logsource("product"), view.logsource("category")
        if product is None or category is None or product.text != "windows":
            return
        known, spelled = sigma_facts.fields(category.text), sigma_facts.spelled(category.text)
        for item in view.items if known else ():
            if not item.field or item.field in spelled or item.key is None:
                continue
            near = known.get(item.field.casefold()) or _near(item.field, known)
            if near:
                key = item.key
                edit = edits.replace_part(subject.file, key, Span(0, len(item.field)), near)
                fix = Fix(f"Write {near}", (edit,), safe=False) if edit is not None else None
                yield Finding(key.span, f"events of {category.text} have no field {item.field[:80]}", f"did you mean {near}?", fix)


def _near(name: str, known: dict[str, str]) -> str:
    found = get_close_matches(name.casefold(), known, 1, 0.88) if len(name) > 4 else []
    return known[found[0]] if found else ""
