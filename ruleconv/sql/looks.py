"""Which dialect a file is written in, by what stands in it. PostgreSQL unless something speaks strongly for another.

Only constructs that PostgreSQL has not and that another dialect's authors write count; functions that people bring along by mistake
(DATEADD, DATE_SUB, GETDATE, IFNULL) do not: they are findings in PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Sequence

from ruleconv.sql.tokens import Style, Token, TokenKind

POSTGRES = "postgres"
OTHER = ""
STYLES = {
    "bigquery": Style(double_strings=True, backslashes=True, hash_comments=True),
    "mysql": Style(double_strings=True, backslashes=True, hash_comments=True),
    "spark": Style(double_strings=True, backslashes=True),
    "sqlite": Style(double_strings=True),
    "snowflake": Style(backslashes=True),
}
"""Where tokens differ from PostgreSQL's."""
DIALECTS = ("auto", "postgres", "bigquery", "duckdb", "mysql", "snowflake", "spark", "sqlite", "tsql")
"""What the configuration's ``sql-dialect`` takes."""

_CALLS = {
    "bigquery": "SAFE_CAST JSON_VALUE_ARRAY JSON_EXTRACT_ARRAY JSON_EXTRACT_STRING_ARRAY COUNTIF LOGICAL_OR LOGICAL_AND TIMESTAMP_SUB"
    " TIMESTAMP_ADD TIMESTAMP_TRUNC TIMESTAMP_DIFF REGEXP_CONTAINS REGEXP_EXTRACT SAFE_OFFSET PARSE_TIMESTAMP FORMAT_TIMESTAMP"
    " APPROX_QUANTILES GENERATE_UUID NET.IP_FROM_STRING",
    "snowflake": "P_OCCURS_SINCE P_OCCURS_BETWEEN PARSE_JSON TRY_PARSE_JSON FLATTEN OBJECT_CONSTRUCT ARRAY_CONSTRUCT ARRAY_SIZE TIME_SLICE"
    " IFF ZEROIFNULL TO_VARIANT GET_PATH TABLE_CHANGES RATIO_TO_REPORT ARRAYAGG HASH_AGG",
    "duckdb": "STRING_SPLIT LIST_FILTER LIST_TRANSFORM LIST_CONTAINS STRUCT_PACK READ_PARQUET READ_CSV READ_CSV_AUTO READ_JSON"
    " READ_JSON_AUTO JSON_EXTRACT_STRING EPOCH_MS LIST_DISTINCT JSON_CONTAINS STRPTIME",
    "sqlite": "STRFTIME UNIXEPOCH JULIANDAY GROUP_CONCAT REGEX_MATCH REGEX_SPLIT TYPEOF LAST_INSERT_ROWID COMMUNITY_ID_V1",
    "tsql": "DATEDIFF_BIG ISNULL CHARINDEX PATINDEX STUFF OPENJSON TRY_CONVERT SYSUTCDATETIME GETUTCDATE",
    "mysql": "UNIX_TIMESTAMP FROM_UNIXTIME DATE_FORMAT STR_TO_DATE FIND_IN_SET INET_ATON JSON_UNQUOTE",
    "spark": "GET_JSON_OBJECT COLLECT_SET COLLECT_LIST EXPLODE FROM_JSON SIZE LATERAL_VIEW",
}
_DIALECT_OF_CALL = {name: dialect for dialect, names in _CALLS.items() for name in names.split()}
_OSQUERY = frozenset(
    (
        *("alf", "alf_exceptions", "apps", "apt_sources", "arp_cache", "authenticode", "authorized_keys", "block_devices"),
        *("bpf_process_events", "bpf_socket_events", "browser_plugins", "chrome_extensions", "crashes", "crontab", "deb_packages"),
        *("disk_encryption", "dns_resolvers", "docker_containers", "docker_images", "es_process_events", "es_process_file_events"),
        *("etc_hosts", "extended_attributes", "file_events", "firefox_addons", "gatekeeper", "homebrew_packages", "interface_addresses"),
        *("interface_details", "kernel_extensions", "kernel_info", "kernel_modules", "keychain_acls", "keychain_items", "known_hosts"),
        *("launchd", "launchd_overrides", "listening_ports", "logged_in_users", "magic", "mdfind", "npm_packages", "os_version"),
        *("osquery_events", "osquery_info", "package_receipts", "plist", "process_envs", "process_events", "process_memory_map"),
        *("process_namespaces", "process_open_files", "process_open_pipes", "process_open_sockets", "processes", "python_packages"),
        *("rpm_packages", "safari_extensions", "scheduled_tasks", "shell_history", "signature", "sip_config", "socket_events"),
        *("ssh_configs", "startup_items", "sudoers", "suid_bin", "system_controls", "system_extensions", "system_info", "systemd_units"),
        *("unified_log", "usb_devices", "user_events", "user_ssh_keys", "wifi_status", "windows_events", "xprotect_entries", "yara"),
    )
)
"""Tables of osquery, which speaks SQLite, but for those with names that anyone may use (https://osquery.io/schema)."""
_QUOTES = '"text"'
"""Texts in double quotes: osquery's habit, where nothing speaks for another dialect that has them."""
_SURE = 2
"""Points from which a dialect is believed."""
_NO_NAME = frozenset("%/*\\:@$")
"""Characters that texts have and names of columns have not."""
_BEFORE_TEXT = dict.fromkeys(("=", "==", "!=", "<>", "IN", "("), _NO_NAME) | dict.fromkeys(("LIKE", "GLOB"), _NO_NAME | {" "})
"""Where "x" may be a text, and the characters that say so."""


def looks_like(tokens: Sequence[Token]) -> str:
    """The dialect's name; "" for what is surely not PostgreSQL and no other that is known."""
    points: dict[str, int] = dict.fromkeys((*_CALLS, OTHER, _QUOTES), 0)
    ours = 0
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        before = tokens[at - 1] if at else None
        for dialect, weight in _evidence(token, before, after, tokens[at + 2] if at + 2 < len(tokens) else None):
            points[dialect] += weight
        ours += _for_postgres(token, before)
    quotes = points.pop(_QUOTES)
    best = max(points, key=lambda dialect: points[dialect])
    if points[best] < _SURE:
        points["sqlite"] += quotes
        best = max(points, key=lambda dialect: points[dialect])
    return best if points[best] >= _SURE and points[best] > ours else POSTGRES


def _evidence(token: Token, before: Token | None, after: Token | None, second: Token | None) -> list[tuple[str, int]]:
    following = after.word if after is not None else ""
    match token.kind:
        case TokenKind.WORD if following == "(" and (before is None or before.word != "."):
            dialect = _DIALECT_OF_CALL.get(token.word)
            return [(dialect, _SURE)] if dialect is not None else []
        case TokenKind.QUOTED if token.text[0] == "`":
            return [("bigquery", _SURE)] if "." in token.text or "-" in token.text else [("mysql", _SURE)]
        case TokenKind.QUOTED if before is not None and before.word in _BEFORE_TEXT:
            return [(_QUOTES, _SURE)] if set(token.body) & _BEFORE_TEXT[before.word] or not token.body else []
        case _:
            return _by_word(token, before, after, following, second)


def _by_word(token: Token, before: Token | None, after: Token | None, following: str, second: Token | None) -> list[tuple[str, int]]:
    match token.word:
        case ":" if before is not None and before.kind is TokenKind.WORD and before.span.end == token.span.start and after is not None:
            return [("snowflake", _SURE)] if after.kind in (TokenKind.WORD, TokenKind.QUOTED) else []
        case "==":
            return [("sqlite", 1)]
        case "GLOB":
            return [("sqlite", _SURE)]
        case "NOCASE":
            return [("sqlite", _SURE)]
        case "FROM" | "JOIN" if following in ("PANTHER_LOGS", "SNOWFLAKE"):
            return [("snowflake", _SURE)]
        case "FROM" | "JOIN" if following.lower() in _OSQUERY and (second is None or second.word not in (".", "(")):
            return [("sqlite", _SURE)]
        case "[" if before is not None and before.word in ("FROM", "JOIN", "SELECT", ".", ",") and following and second is not None:
            return [("tsql", _SURE)] if second.word == "]" and after is not None and after.kind is TokenKind.WORD else []
        case "TOP" if before is not None and before.word == "SELECT" and after is not None and after.kind is TokenKind.NUMBER:
            return [("tsql", _SURE)]
        case "STRUCT" | "UNNEST" if following == "<":
            return [("bigquery", _SURE)]
        case "@" if after is not None and after.kind is TokenKind.WORD and after.span.start == token.span.end:
            return [("tsql", 1)]
        case "NOLOCK":
            return [("tsql", _SURE)]
        case _:
            return []


def _for_postgres(token: Token, before: Token | None) -> int:
    """Points against all others: names that only PostgreSQL has."""
    if token.word.startswith(("JSONB_", "PG_")) or token.word in ("JSONB", "TIMESTAMPTZ", "INET"):
        return 1
    return 1 if token.word in ("~*", "!~*", "@>", "#>>", "?|") else 0
