"""Registry data: what Sysmon writes as ``Details``, where a table has it as plain text beside its type.

Sources: https://learn.microsoft.com/sysinternals/downloads/sysmon (event 13), and the names of types in Microsoft's ASIM parser of
DeviceRegistryEvents (None, String, ExpandString, Binary, Dword, MultiString, QWord).
"""

from __future__ import annotations

import re
from dataclasses import replace

from ruleconv.ir import expr as ir
from ruleconv.ir.expr import Expr, How, Literal, Match, Quantifier
from ruleconv.ir.types import Type
from ruleconv.sigma.spelling.parts import PLAIN, WILDCARD, Place, Way, assemble, joined, texts

_DWORD = re.compile(r"(?i)DWORD \(0x([0-9a-f]{1,8})\)")
_QWORD = re.compile(r"(?i)QWORD \(0x([0-9a-f]{1,8})-0x([0-9a-f]{1,8})\)")
_NUMBERS = re.compile(r"(?i)[dq]?w?o?r?d? ?\(?(?:0?x)?[0-9a-f]*(?:-(?:0?x)?[0-9a-f]*)?\)?")
_PHRASES = ("binary data", "(empty)")
_DIGITS = re.compile(r"(?i)[0-9a-f]+")


def of_registry_data(test: Expr, registry_type: Expr, where: Place) -> Expr:
    """``DWORD (0x00000001)``, ``QWORD (0x..-0x..)``, ``Binary Data``, ``(Empty)``, else the text, of data that stands as plain text here: a
    number in decimal digits, binary data in hexadecimal ones."""
    if isinstance(test, ir.Missing):
        return ir.And((test, ir.Missing(registry_type, test.span)), test.span)
    if not isinstance(test, Match) or test.how is How.REGEX:
        raise where.refusal("a comparison or regular expression", "the table has numbers in decimal digits, without their type")
    one = replace(test, quantifier=Quantifier.ANY, negated=False)

    def typed(*names: str) -> Match:
        patterns = tuple(Literal(each, Type.STRING, test.span) for each in names)
        return replace(one, subject=registry_type, patterns=patterns, how=How.EQUALS, fold_case=True)

    def data(text: str) -> Match:
        return replace(one, patterns=(Literal(text, Type.STRING, test.span),), how=How.EQUALS)

    plain: list[list[Way]] = []
    others: list[Expr] = []
    for pattern in texts(test, where):
        if found := _DWORD.fullmatch(pattern):
            others.append(ir.And((data(str(int(found[1], 16))), typed("Dword")), test.span))
        elif found := _QWORD.fullmatch(pattern):
            others.append(ir.And((data(str(int(found[1] + found[2].zfill(8), 16))), typed("Qword")), test.span))
        elif test.how in PLAIN and pattern.casefold() == "binary data":
            others.append(typed("Binary"))
        elif test.how in PLAIN and pattern.casefold() == "(empty)":
            empty = ir.Call("isempty", (test.subject,), Type.BOOL, test.span)
            others.append(ir.And((empty, ir.Not(ir.Missing(registry_type, test.span), test.span)), test.span))
        elif test.how is How.EQUALS and _DIGITS.fullmatch(pattern):
            others.append(ir.And((data(pattern), ir.Not(typed("Dword", "Qword", "Binary"), test.span)), test.span))
        elif test.how is not How.EQUALS and all(_in_sysmons_words(each) for each in WILDCARD.split(pattern.replace("\\\\", "\\"))):
            raise where.refusal(f"the pattern {pattern!r}", "the table has numbers in decimal digits, without their type")
        else:
            plain.append([(test.how, pattern)])
    terms = (*([assemble(replace(test, negated=False), plain)] if plain else []), *others)
    return joined(terms, test)


def _in_sysmons_words(piece: str) -> bool:
    """Whether the text could be a part of what Sysmon writes for data that is no text."""
    return any(piece.casefold() in each for each in _PHRASES) or _NUMBERS.fullmatch(piece) is not None
