"""A file that is nothing but a query."""

from __future__ import annotations

from ruleconv.rulefile.model import Kind, RuleFile
from ruleconv.text import Embedding, Source


def read(file: Source) -> RuleFile:
    """The rule file of a bare KQL query; a byte order mark is not part of the query."""
    if file.text.startswith("\ufeff"):
        return RuleFile(Kind.KQL, file, Source(file.text[1:], file.name, Embedding(file.text, ((0, 1),))))
    return RuleFile(Kind.KQL, file, file)
