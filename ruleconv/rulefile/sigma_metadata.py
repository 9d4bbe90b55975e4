"""What a Sigma rule says about itself.

Source: the Sigma rules specification 2.1 and the correlation rules specification (SigmaHQ/sigma-specification).
"""

from __future__ import annotations

from ruleconv.rulefile import duration
from ruleconv.rulefile.metadata import Metadata, Related
from ruleconv.rulefile.values import children, iso_date, rest, text, texts
from ruleconv.rulefile.yaml_nodes import Node

_MEANING = ("detection", "correlation", "filter")
_PLACED = (
    *_MEANING,
    "title",
    "id",
    "description",
    "status",
    "level",
    "author",
    "date",
    "modified",
    "license",
    "references",
    "tags",
    "falsepositives",
    "fields",
    "related",
    "logsource",
    "taxonomy",
)


def from_sigma(root: Node) -> Metadata:
    """The metadata of one rule's document. Never fails: what has another shape than the specification asks for is left out."""
    if root.kind != "mapping":
        return Metadata(origin="sigma")
    correlation = next(iter(children(root, "correlation")), None)
    source = next(iter(children(root, "logsource")), None)
    return Metadata(
        title=text(root, "title"),
        id=text(root, "id"),
        description=text(root, "description"),
        status=text(root, "status").lower(),
        level=text(root, "level").lower(),
        author=text(root, "author"),
        date=iso_date(text(root, "date")),
        modified=iso_date(text(root, "modified")),
        license=text(root, "license"),
        references=texts(root, "references"),
        tags=tuple(dict.fromkeys(tag.lower() for tag in texts(root, "tags"))),
        falsepositives=texts(root, "falsepositives"),
        fields=texts(root, "fields"),
        related=tuple(Related(id, text(each, "type") or "similar") for each in children(root, "related") if (id := text(each, "id"))),
        logsource={key: value for key in ("product", "category", "service") if source is not None and (value := text(source, key))},
        taxonomy=text(root, "taxonomy"),
        timespan=duration.from_sigma(text(correlation, "timespan")) if correlation is not None else None,
        extra=rest(root, _PLACED),
        origin="sigma",
        raw=rest(root, _MEANING),
        places={key.text: key.span for key, _ in root.pairs if key.kind == "scalar"},
    )
