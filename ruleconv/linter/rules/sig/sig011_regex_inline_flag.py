from __future__ import annotations

import re
from collections.abc import Iterator

from ruleconv.diagnostic import Fix, Severity
from ruleconv.linter import edits
from ruleconv.linter.examples import sigma
from ruleconv.linter.rule import Finding, Rule
from ruleconv.linter.subject import Subject
from ruleconv.rulefile.model import Kind

_FLAGS = re.compile(r"\(\?([ims]+)\)")


class RegexInlineFlag(Rule):
    """A flag such as `(?i)` inside a regular expression.

    Sigma says it with a modifier, `re|i`; not every engine takes flags inside of an expression.
    """

    code = "SIG011"
    name = "regex-inline-flag"
    severity = Severity.WARNING
    on = (Kind.SIGMA,)
    recommended = False
    fixable = "safe"
    bad = (
        sigma(
            """\
detection:
  selection:
    CommandLine|re: '(?i)set-[a-z]+'
  condition: selection
""",
            fixed="""\
detection:
  selection:
    CommandLine|re|i: 'set-[a-z]+'
  condition: selection
""",
        ),
    )
    good = (
        sigma("""\
detection:
  selection:
    CommandLine|re|i: 'set-[a-z]+'
  condition: selection
"""),
    )

    def check(self, subject: Subject) -> Iterator[Finding]:
        view = subject.sigma
        if view is None:
            return
        for item in view.items:
            if "re" not in item.modifiers or item.key is None:
                continue
            found = [_FLAGS.match(value.text) for value in item.values]
            flags = {"".join(sorted(set(each[1]))) if each else "" for each in found}
            fix = None
            if len(flags) == 1:
                missing = [f"|{flag}" for flag in flags.pop() if flag not in item.modifiers]
                matched = [(value, each[0]) for value, each in zip(item.values, found, strict=True) if each]
                cuts = [edits.cut(subject.file, value, len(flag), 0) for value, flag in matched]
                key = edits.append(item.key, "".join(missing))
                if key is not None and all(each is not None for each in cuts):
                    fix = Fix(f"Write {item.key.text}{''.join(missing)}", (key, *(edit for each in cuts for edit in each or ())))
            for value, each in zip(item.values, found, strict=True):
                if each:
                    yield Finding(value.span, f"the flag {each[0]} inside of a regular expression", f"write re|{'|'.join(each[1])}", fix)
