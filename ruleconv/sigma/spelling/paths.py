"""Parts of a path (a registry key) that are spelt differently: its front, or a part anywhere in it."""

from __future__ import annotations

from ruleconv.ir.expr import How
from ruleconv.sigma.spelling.parts import PLAIN, WILDCARD, Place, Way


def of_front(how: How, pattern: str, fronts: tuple[tuple[str, tuple[str, ...]], ...], where: Place) -> list[Way]:
    """``HKLM\\..`` as ``HKEY_LOCAL_MACHINE\\..``. The fronts are whole first parts of the value, up to a backslash."""
    folded = pattern.casefold()
    head, slash, _ = folded.partition("\\")
    if how is How.REGEX:
        if any(front.casefold() in folded for front, _ in fronts) or pattern.lstrip("(?ims)").startswith("^"):
            raise where.refusal(f"the regular expression {pattern!r}")
        return [(how, pattern)]
    if how is How.GLOB:
        return [(how, text) for text in _front_of_glob(pattern, fronts, where)]
    if how not in PLAIN:
        raise where.refusal(f"the pattern {pattern!r}")
    found: list[Way] = []
    for front, spellings in fronts:
        name = front.casefold()
        if head == name:
            found += [(how, each + pattern[len(front) :]) for each in spellings]
        elif how is How.PREFIX and not slash and name.startswith(folded):
            found += [(how, each) for each in spellings]
    if found:
        return found
    if how in (How.CONTAINS, How.SUFFIX) and head and any(_fragment(head, bool(slash), each) for each in _roots(fronts)):
        raise where.refusal(f"the pattern {pattern!r}")
    return [(how, pattern)]


def _front_of_glob(pattern: str, fronts: tuple[tuple[str, tuple[str, ...]], ...], where: Place) -> list[str]:
    """As ``_front``. A wildcard in the first part itself is refused, one before it makes the rest a text that may stand anywhere."""
    if not pattern.startswith("*"):
        head = pattern.partition("\\")[0]
        if WILDCARD.search(head) and head != "?":
            raise where.refusal(f"the pattern {pattern!r}")
        escaped = tuple((front, tuple(each.replace("\\", "\\\\") for each in spellings)) for front, spellings in fronts)
        return [text for _, text in of_front(How.PREFIX, pattern, escaped, where)]
    body = pattern.lstrip("*?")
    whole = WILDCARD.split(body)[0]
    if of_front(How.CONTAINS, whole, fronts, where) != [(How.CONTAINS, whole)]:
        raise where.refusal(f"the pattern {pattern!r}")
    return [pattern]


def _roots(fronts: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    return [each.casefold() for front, spellings in fronts for each in (front, *spellings) if "\\" not in each]


def _fragment(head: str, followed: bool, root: str) -> bool:
    """Whether the beginning of a pattern could lie in the first part of a value, which is spelt differently."""
    return root.endswith(head) if followed else head in root


def of_inside(how: How, pattern: str, parts: tuple[tuple[str, tuple[str, ...]], ...], where: Place) -> list[Way]:
    """``\\CurrentControlSet\\`` as ``\\ControlSet001\\``, wherever it stands."""
    found: list[Way] = [(how, pattern)]
    for part, spellings in parts:
        folded, name = pattern.casefold(), part.casefold()
        if (at := folded.find(name)) >= 0:
            if how is How.REGEX or folded.count(name) > 1:
                raise where.refusal(f"the pattern {pattern!r}")
            found = [(way, text[:at] + each + text[at + len(part) :]) for way, text in found for each in spellings]
        elif (how in PLAIN and _cuts(folded, name, [each.casefold() for each in spellings])) or (
            how is How.GLOB and _cuts_of_glob(folded, name, [each.casefold() for each in spellings])
        ):
            raise where.refusal(f"the pattern {pattern!r}")
    return found


def _cuts(pattern: str, part: str, spellings: list[str]) -> bool:
    """Whether the pattern ends or begins in the middle of the part, in a way that its other spellings do not share."""
    segments = pattern.split("\\")
    first, last = segments[0], segments[-1]
    if len(segments) == 1:
        return len(first) > 2 and first in part and not all(first in each for each in spellings)
    begins = bool(first) and first != part and part.endswith(first) and not all(each.endswith(first) for each in spellings)
    under = (len(segments) == 2 and not first) or segments[-2] == "system"
    ends = bool(last) and under and part.startswith(last) and not all(each.startswith(last) for each in spellings)
    return begins or ends


def _cuts_of_glob(pattern: str, part: str, spellings: list[str]) -> bool:
    """Whether a wildcard of the pattern may stand for a piece of the part, of which its other spellings do not share the rest."""
    for segment in pattern.replace("\\\\", "\\").split("\\"):
        pieces = WILDCARD.split(segment)
        if len(pieces) == 1:
            continue
        first, *middle, last = pieces
        if first and part.startswith(first) and not all(each.startswith(first) for each in spellings):
            return True
        if last and part.endswith(last) and not all(each.endswith(last) for each in spellings):
            return True
        if any(piece and piece in part and not all(piece in each for each in spellings) for piece in middle):
            return True
    return False
