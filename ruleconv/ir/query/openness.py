"""Which stages may have more columns than they list."""

from __future__ import annotations

from ruleconv.ir import query as q


def is_open(rel: q.Rel) -> bool:
    """Whether rows of the stage may have columns that its ``columns`` do not list; of a let's rows, which are not here, it is not known."""
    match rel:
        case q.Source() | q.Plugin():
            return rel.open
        case q.LetRef():
            return True
        case q.Join():
            return is_open(rel.left) or is_open(rel.right)
        case q.Union():
            return any(is_open(leg.input) for leg in rel.legs)
        case (
            q.Filter()
            | q.Extend()
            | q.Sort()
            | q.Limit()
            | q.Serialize()
            | q.Expand()
            | q.Apply()
            | q.PartitionBy()
            | q.Parse()
            | q.ParseKeyValue()
            | q.Scan()
        ):
            return is_open(rel.input)
        case _:
            return False
