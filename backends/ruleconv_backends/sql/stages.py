"""Where the stages that need a file of their own register: joins, unions, aggregates, expansions ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from ruleconv_backends.sql.relation import Relations
    from ruleconv_backends.sql.select import Relation

Handler: TypeAlias = "Callable[[Relations, Any, Relation | None], Relation]"
"""(the lowering of the query, the stage, its lowered input or None when it has none or several) -> its rows."""

STAGES: dict[type, Handler] = {}


def lowers_stage(stage: type) -> Callable[[Handler], Handler]:
    """Registers the function that lowers this kind of stage."""

    def register(handler: Handler) -> Handler:
        STAGES[stage] = handler
        return handler

    return register
