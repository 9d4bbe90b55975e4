"""Functions on IP addresses and ranges (``10.0.0.0/8``).

Source: https://learn.microsoft.com/kusto/query/scalar-functions#ipv4ipv6-functions and the page of each function.
"""

from __future__ import annotations

from ruleconv.catalogue.model import Example, Function, NullRule
from ruleconv.catalogue.parameters import any_text, anything, optional, repeated, text, whole
from ruleconv.ir.types import Type

_MASKED = (text("ip1"), text("ip2"), optional(whole("prefix")))
_RANGES = (text("ip"), repeated(anything("ranges")))
_SEARCHED = (text("source"), repeated(anything("ips")))
_FOUND = "05:04:54 127.0.0.1 GET /favicon.ico 404"

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "parse_ipv4",
        (text("ip"),),
        Type.LONG,
        "The number of an IPv4 address, masked by its prefix; null when it is none.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(
            Example("parse_ipv4('192.168.1.1')", 3232235777),
            Example("parse_ipv4('192.168.1.1/24')", 3232235776),
            Example("parse_ipv4('255.255.255.255/31')", 4294967294),
            Example("parse_ipv4('abc')", None),
        ),
    ),
    Function(
        "parse_ipv4_mask",
        (text("ip"), whole("prefix")),
        Type.LONG,
        "The number of an IPv4 address, masked by a prefix.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(Example("parse_ipv4_mask('127.0.0.1', 24)", 2130706432), Example("parse_ipv4_mask('192.1.168.2/32', 31)", 3221334018)),
    ),
    Function(
        "parse_ipv6",
        (text("ip"),),
        Type.STRING,
        "The long form of an IPv6 (or IPv4) address, masked by its prefix.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(
            Example("parse_ipv6('192.168.255.255')", "0000:0000:0000:0000:0000:ffff:c0a8:ffff"),
            Example("parse_ipv6('192.168.255.255/24')", "0000:0000:0000:0000:0000:ffff:c0a8:ff00"),
            Example("parse_ipv6('127.0.0.1')", "0000:0000:0000:0000:0000:ffff:7f00:0001"),
        ),
    ),
    Function(
        "parse_ipv6_mask",
        (text("ip"), whole("prefix")),
        Type.STRING,
        "The long form of an IPv6 (or IPv4) address, masked by a prefix.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(
            Example("parse_ipv6_mask('192.168.255.255', 120)", "0000:0000:0000:0000:0000:ffff:c0a8:ff00"),
            Example("parse_ipv6_mask('fe80::85d:e82c:9446:7994/120', 124)", "fe80:0000:0000:0000:085d:e82c:9446:7900"),
            Example("parse_ipv6_mask('fe80::85d:e82c:9446:7994', 128)", "fe80:0000:0000:0000:085d:e82c:9446:7994"),
        ),
    ),
    Function(
        "ipv4_compare",
        _MASKED,
        Type.LONG,
        "-1, 0 or 1 by the numbers of two IPv4 addresses, masked by the shortest prefix.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(
            Example("ipv4_compare('192.168.1.0', '192.168.1.0')", 0),
            Example("ipv4_compare('192.168.1.1/24', '192.168.1.255')", 0),
            Example("ipv4_compare('192.168.1.1', '192.168.1.255', 24)", 0),
        ),
    ),
    Function(
        "ipv4_is_match",
        _MASKED,
        Type.BOOL,
        "Two IPv4 addresses are the same, masked by the shortest prefix.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(
            Example("ipv4_is_match('192.168.1.1/24', '192.168.1.255')", True),
            Example("ipv4_is_match('192.168.1.1/30', '192.168.1.255/24')", True),
            Example("ipv4_is_match('192.168.1.1', '192.168.1.0', 31)", True),
            Example("ipv4_is_match('192.168.1.1', '192.168.2.1')", False),
        ),
    ),
    Function(
        "ipv4_is_in_range",
        (text("ip"), text("ip_range")),
        Type.BOOL,
        "An IPv4 address is in a range.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(
            Example("ipv4_is_in_range('192.168.1.6', '192.168.1.1/24')", True),
            Example("ipv4_is_in_range('192.168.1.1', '192.168.1.255/24')", True),
            Example("ipv4_is_in_range('10.0.0.1', '192.168.1.255/24')", False),
            Example("ipv4_is_in_range('abc', '192.168.1.255/24')", None),
        ),
    ),
    Function(
        "ipv4_is_in_any_range",
        _RANGES,
        Type.BOOL,
        "An IPv4 address is in one of several ranges (texts, or arrays of them).",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(
            Example("ipv4_is_in_any_range('192.168.1.6', '192.168.1.1/24', '10.0.0.1/8')", True),
            Example("ipv4_is_in_any_range('127.0.0.1', dynamic(['192.168.1.1', '10.0.0.1/8']))", False),
        ),
    ),
    Function(
        "ipv4_is_private",
        (text("ip"),),
        Type.BOOL,
        "An IPv4 address is of a private network.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(
            Example("ipv4_is_private('192.168.1.1/24')", True),
            Example("ipv4_is_private('10.1.2.3/24')", True),
            Example("ipv4_is_private('202.1.2.3')", False),
            Example("ipv4_is_private('127.0.0.1')", False),
            Example("ipv4_is_private('abc')", None),
        ),
    ),
    Function(
        "ipv4_netmask_suffix",
        (text("ip"),),
        Type.LONG,
        "The prefix length of an IPv4 address, 32 where it has none.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(Example("ipv4_netmask_suffix('10.1.2.3')", 32), Example("ipv4_netmask_suffix('192.168.1.1/24')", 24)),
    ),
    Function(
        "ipv4_range_to_cidr_list",
        (text("start_ip"), text("end_ip")),
        Type.DYNAMIC,
        "The ranges that make up all addresses from one to another.",
        nulls=NullRule.SOMETIMES,
        refusal="write the ranges",
    ),
    Function(
        "format_ipv4",
        (any_text("ip"), optional(whole("prefix"))),
        Type.STRING,
        "The text of an IPv4 address (a text or a number), masked by a prefix.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(
            Example("format_ipv4('192.168.1.255', 24)", "192.168.1.0"),
            Example("format_ipv4(3232236031, 24)", "192.168.1.0"),
            Example("format_ipv4('192.168.1.1/24', 32)", "192.168.1.0"),
            Example("format_ipv4('192.168.1.1/24', -1)", ""),
        ),
    ),
    Function(
        "format_ipv4_mask",
        (any_text("ip"), whole("prefix")),
        Type.STRING,
        "The range of an IPv4 address (a text or a number) and a prefix.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(
            Example("format_ipv4_mask('192.168.1.255', 24)", "192.168.1.0/24"),
            Example("format_ipv4_mask('192.168.1.1', 32)", "192.168.1.1/32"),
        ),
    ),
    Function(
        "has_ipv4",
        (text("source"), text("ip")),
        Type.BOOL,
        "A text has an IPv4 address in it, bordered by other than letters and digits.",
        nulls=NullRule.NEVER,
        examples=(
            Example(f"has_ipv4('{_FOUND}', '127.0.0.1')", True),
            Example("has_ipv4('05:04:54 127.0.0.256 GET /favicon.ico 404', '127.0.0.256')", False),
            Example("has_ipv4('05:04:54127.0.0.1 GET /favicon.ico 404', '127.0.0.1')", False),
        ),
    ),
    Function(
        "has_any_ipv4",
        _SEARCHED,
        Type.BOOL,
        "A text has one of several IPv4 addresses in it.",
        nulls=NullRule.NEVER,
        examples=(Example(f"has_any_ipv4('{_FOUND}', dynamic(['127.0.0.1', '127.0.0.2']))", True),),
    ),
    Function(
        "has_ipv4_prefix",
        (text("source"), text("ip_prefix")),
        Type.BOOL,
        "A text has an IPv4 address in it that begins with a prefix (``127.0.``).",
        nulls=NullRule.NEVER,
        examples=(
            Example(f"has_ipv4_prefix('{_FOUND}', '127.0.')", True),
            Example(f"has_ipv4_prefix('{_FOUND}', '127.0')", False),
            Example("has_ipv4_prefix('05:04:54 127.0.0.256 GET /favicon.ico 404', '127.0.')", False),
        ),
    ),
    Function(
        "has_any_ipv4_prefix",
        _SEARCHED,
        Type.BOOL,
        "A text has an IPv4 address in it that begins with one of several prefixes.",
        nulls=NullRule.NEVER,
        examples=(
            Example(f"has_any_ipv4_prefix('{_FOUND}', '127.0.', '192.168.')", True),
            Example(f"has_any_ipv4_prefix('{_FOUND}', dynamic(['127.0', '192.168.']))", False),
        ),
    ),
    *(
        Function(
            name,
            parameters,
            returns,
            doc,
            nulls=NullRule.SOMETIMES,
            empty_in_empty_out=True,
            examples=examples,
        )
        for name, parameters, returns, doc, examples in (
            (
                "ipv6_compare",
                _MASKED,
                Type.LONG,
                "As ``ipv4_compare`` for IPv6 and IPv4.",
                (
                    Example("ipv6_compare('fe80::85d:e82c:9446:7994/120', 'fe80::85d:e82c:9446:7998')", 0),
                    Example("ipv6_compare('192.168.1.1', '::ffff:c0a8:0101')", 0),
                ),
            ),
            (
                "ipv6_is_match",
                _MASKED,
                Type.BOOL,
                "As ``ipv4_is_match`` for IPv6 and IPv4.",
                (
                    Example("ipv6_is_match('fe80::85d:e82c:9446:7994', 'fe80::85d:e82c:9446:7998/120')", True),
                    Example("ipv6_is_match('192.168.1.1/24', '::ffff:c0a8:01ff')", True),
                ),
            ),
            (
                "ipv6_is_in_range",
                (text("ip"), text("ip_range")),
                Type.BOOL,
                "As ``ipv4_is_in_range`` for IPv6 and IPv4.",
                (Example("ipv6_is_in_range('a5e:f127:8a9d:146d:e102:b5d3:c755:abcd', 'a5e:f127:8a9d:146d:e102:b5d3:c755:0/112')", True),),
            ),
            (
                "ipv6_is_in_any_range",
                _RANGES,
                Type.BOOL,
                "As ``ipv4_is_in_any_range`` for IPv6 and IPv4.",
                (Example("ipv6_is_in_any_range('fe80::1', dynamic(['fe80::/10', '::1']))", True),),
            ),
        )
    ),
)
