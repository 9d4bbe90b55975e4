"""What a rule says about itself, apart from its query: one form for Sigma and Sentinel, so that it can be carried over both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ruleconv.text import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Related:
    """Another rule that this one came from; ``type`` is Sigma's: derived, obsolete, merged, renamed, similar."""

    id: str
    type: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """Everything as text and in Sigma's vocabulary (the richer one); what is unknown is empty.

    ``level``: informational, low, medium, high, critical. ``status``: stable, test, experimental, deprecated, unsupported.
    ``tags``: ``attack.execution``, ``attack.t1059.001``, ``cve.2021-44228``. ``date`` and ``modified``: ISO. ``logsource``: product,
    category, service. ``timespan``, ``frequency``, ``period``: ticks (100 ns) of a correlation's window, of Sentinel's queryFrequency and
    queryPeriod. ``extra``: keys of the file that have no place here. ``origin``: the language that it was read from (``sigma``,
    ``sentinel``), whose every key, apart from the detection, the correlation or the query, is in ``raw``, in order and as it was read.
    ``parts``: of a correlation, what each of its rules says about itself, by the name that the IR has for it. ``shared``: of such a rule,
    that it stands for itself in its file too, or in another correlation. ``places``: of the keys of a Sigma rule, in its
    file. ``again``: how many rules before this one in its file have the same id (or none, like it), so that what is made of them differs.
    """

    title: str = ""
    id: str = ""
    description: str = ""
    status: str = ""
    level: str = ""
    author: str = ""
    date: str = ""
    modified: str = ""
    license: str = ""
    references: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    logsource: Mapping[str, str] = field(default_factory=dict)
    taxonomy: str = ""
    timespan: int | None = None
    frequency: int | None = None
    period: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    origin: str = ""
    raw: Mapping[str, object] = field(default_factory=dict, repr=False)
    parts: Mapping[str, Metadata] = field(default_factory=dict, repr=False)
    shared: bool = False
    places: Mapping[str, Span] = field(default_factory=dict, repr=False, compare=False)
    again: int = 0

    def place(self, *keys: str) -> Span:
        """Of the first of these keys that the rule has."""
        return next((self.places[key] for key in keys if key in self.places), NOWHERE)

    @property
    def derived_from(self) -> str:
        """The rule's id, told apart from the same of another rule of the file; empty without one."""
        return f"{self.id}/{self.again}" if self.id and self.again else self.id


NO_METADATA = Metadata()
