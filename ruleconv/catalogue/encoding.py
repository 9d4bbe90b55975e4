"""Functions that encode and decode texts: URLs, base64, code points, punycode, compression.

Source: https://learn.microsoft.com/kusto/query/scalar-functions#string-functions and the page of each function.
"""

from __future__ import annotations

from ruleconv.catalogue.model import Example, Function, NullRule, Parameter, Sql
from ruleconv.catalogue.parameters import any_text, dynamic, repeated, text
from ruleconv.ir.types import Type

_PUNYCODE = "no database has punycode: decode the column while loading it"
_ENCODE = "no database encodes URLs in Kusto's way: write the encoded text"
_BYTES = "base64 is decoded to text only: use base64_decode_tostring()"
_COMPRESSION = "no database decompresses a text: do it while loading it"

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "url_encode",
        (text("url"),),
        Type.STRING,
        "Percent-encoded, with a space as '+'.",
        empty_in_empty_out=True,
        refusal=_ENCODE,
        examples=(Example("url_encode('https://www.bing.com/hello world')", "https%3a%2f%2fwww.bing.com%2fhello+world"),),
    ),
    Function(
        "url_encode_component",
        (text("url"),),
        Type.STRING,
        "Percent-encoded, with a space as '%20'.",
        empty_in_empty_out=True,
        refusal=_ENCODE,
        examples=(Example("url_encode_component('https://www.bing.com/hello world/')", "https%3a%2f%2fwww.bing.com%2fhello%20world%2f"),),
    ),
    Function(
        "url_decode",
        (text("encoded_url"),),
        Type.STRING,
        "Percent-decoded.",
        nulls=NullRule.SOMETIMES,
        empty_in_empty_out=True,
        examples=(Example("url_decode('https%3a%2f%2fwww.bing.com%2f')", "https://www.bing.com/"),),
    ),
    Function(
        "base64_encode_tostring",
        (text("string"),),
        Type.STRING,
        "The bytes of the text in base64.",
        aliases=("base64_encodestring",),
        empty_in_empty_out=True,
        sql=Sql(postgres="REPLACE(ENCODE(CONVERT_TO(_string, 'UTF8'), 'base64'), CHR(10), '')", duckdb="TO_BASE64(ENCODE(_string))"),
        examples=(Example("base64_encode_tostring('Kusto')", "S3VzdG8="),),
    ),
    Function(
        "base64_decode_tostring",
        (text("base64_string"),),
        Type.STRING,
        "The text that base64 stands for; empty when it is no text.",
        nulls=NullRule.SOMETIMES,
        aliases=("base64_decodestring",),
        empty_in_empty_out=True,
        examples=(
            Example("base64_decode_tostring('S3VzdG8=')", "Kusto"),
            Example("base64_decode_tostring('U3RyaW5n0KHR0tGA0L7Rh9C60LA=')", ""),
        ),
    ),
    Function(
        "base64_decode_toarray",
        (text("base64_string"),),
        Type.DYNAMIC,
        "The bytes that base64 stands for.",
        nulls=NullRule.SOMETIMES,
        refusal=_BYTES,
    ),
    Function(
        "base64_encode_fromarray",
        (dynamic("base64_string_decoded_as_array"),),
        Type.STRING,
        "Bytes in base64.",
        nulls=NullRule.SOMETIMES,
        refusal=_BYTES,
    ),
    Function(
        "base64_decode_toguid",
        (text("base64_string"),),
        Type.GUID,
        "The guid that base64 stands for.",
        nulls=NullRule.SOMETIMES,
        refusal=_BYTES,
    ),
    Function("base64_encode_fromguid", (Parameter("guid", (Type.GUID, Type.DYNAMIC)),), Type.STRING, "A guid in base64.", refusal=_BYTES),
    Function(
        "unicode_codepoints_from_string",
        (any_text("value"),),
        Type.DYNAMIC,
        "An array of the code points.",
        aliases=("to_utf8",),
        sql=Sql(
            postgres="(SELECT COALESCE(JSONB_AGG(ASCII(SUBSTRING(_value FROM n FOR 1)) ORDER BY n), CAST('[]' AS JSONB))"
            " FROM GENERATE_SERIES(1, LENGTH(_value)) AS t(n))",
            duckdb="TO_JSON(LIST_TRANSFORM(LIST_FILTER(STR_SPLIT(_value, ''), c -> c <> ''), c -> UNICODE(c)))",
        ),
        examples=(
            Example("unicode_codepoints_from_string('Kusto')", [75, 117, 115, 116, 111]),
            Example("unicode_codepoints_from_string('⒦⒰⒮⒯⒪')", [9382, 9392, 9390, 9391, 9386]),
        ),
    ),
    Function(
        "unicode_codepoints_to_string",
        (repeated(Parameter("value", (Type.DYNAMIC, Type.LONG, Type.INT))),),
        Type.STRING,
        "The text of code points, which are numbers or arrays of them.",
        nulls=NullRule.SOMETIMES,
        aliases=("make_string",),
        examples=(
            Example("unicode_codepoints_to_string(75, 117, 115, 116, 111)", "Kusto"),
            Example("unicode_codepoints_to_string(dynamic([75, 117, 115]), 116, 111)", "Kusto"),
        ),
    ),
    Function("punycode_to_string", (text("string"),), Type.STRING, "Punycode as text.", refusal=_PUNYCODE),
    Function("punycode_from_string", (text("string"),), Type.STRING, "A text in punycode.", refusal=_PUNYCODE),
    Function("punycode_domain_to_string", (text("string"),), Type.STRING, "A punycode domain as text.", refusal=_PUNYCODE),
    Function("punycode_domain_from_string", (text("string"),), Type.STRING, "A domain in punycode.", refusal=_PUNYCODE),
    Function("zlib_compress_to_base64_string", (text("string"),), Type.STRING, "Compressed by zlib, in base64.", refusal=_COMPRESSION),
    Function("zlib_decompress_from_base64_string", (text("string"),), Type.STRING, "Base64 decompressed by zlib.", refusal=_COMPRESSION),
    Function("gzip_compress_to_base64_string", (text("string"),), Type.STRING, "Compressed by gzip, in base64.", refusal=_COMPRESSION),
    Function("gzip_decompress_from_base64_string", (text("string"),), Type.STRING, "Base64 decompressed by gzip.", refusal=_COMPRESSION),
)
