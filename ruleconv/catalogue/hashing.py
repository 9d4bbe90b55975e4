"""Hash functions. Source: https://learn.microsoft.com/kusto/query/hash-sha256-function and its neighbours."""

from __future__ import annotations

from ruleconv.catalogue.model import Example, Function, Sql
from ruleconv.catalogue.parameters import any_text, anything, optional, repeated, whole
from ruleconv.ir.types import Type

_XXHASH = "Kusto's own hash is in no database: use hash_sha256(), or compare the values themselves"

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "hash_md5",
        (any_text("source"),),
        Type.STRING,
        "The MD5 of the text, in hexadecimal.",
        sql=Sql("MD5(_source)"),
        examples=(
            Example("hash_md5('World')", "f5a7924e621e84c9280a9a27e1bcb7f6"),
            Example("hash_md5(datetime(2020-01-01))", "786c530672d1f8db31fee25ea8a9390b"),
        ),
    ),
    Function(
        "hash_sha1",
        (any_text("source"),),
        Type.STRING,
        "The SHA-1 of the text, in hexadecimal.",
        sql=Sql(duckdb="SHA1(_source)"),
        refusal="PostgreSQL has it only in the extension pgcrypto: use hash_sha256()",
        examples=(Example("hash_sha1('World')", "70c07ec18ef89c5309bbb0937f3a6342411e1fdd"),),
    ),
    Function(
        "hash_sha256",
        (any_text("source"),),
        Type.STRING,
        "The SHA-256 of the text, in hexadecimal.",
        sql=Sql(postgres="ENCODE(SHA256(CONVERT_TO(_source, 'UTF8')), 'hex')", duckdb="SHA256(_source)"),
        examples=(Example("hash_sha256('World')", "78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524"),),
    ),
    Function("hash", (anything("source"), optional(whole("mod"))), Type.LONG, "The xxhash64 of the value.", refusal=_XXHASH),
    Function("hash_xxhash64", (anything("source"), optional(whole("mod"))), Type.LONG, "The xxhash64 of the value.", refusal=_XXHASH),
    Function("hash_many", (repeated(anything("source")),), Type.LONG, "One hash of several values.", refusal=_XXHASH),
    Function("hash_combine", (anything("source"), repeated(anything("more"))), Type.LONG, "One hash of several hashes.", refusal=_XXHASH),
)
