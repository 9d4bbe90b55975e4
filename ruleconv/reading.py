"""Files and bytes in, text out: the encodings that rules come in, and limits for what nobody wrote by hand."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

from ruleconv.diagnostic import ParseError, Unreadable
from ruleconv.text import Source, Span

MAX_BYTES = 32 * 1024 * 1024
"""Larger inputs are refused unread. The largest rule of the public collections has 0.2 MB, the bundled schema 0.6 MB."""

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ENCODING_HINT = "save the file as UTF-8"


def decode(data: bytes, name: str = "<input>", limit: int = MAX_BYTES) -> Source:
    """The text of UTF-8 (with or without a byte order mark) or of UTF-16 with one; a ParseError for anything else."""
    if len(data) > limit:
        raise ParseError(f"the input has more than {limit:,} bytes", source=Source("", name))
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise ParseError("the file is UTF-32", hint=_ENCODING_HINT, source=Source("", name))
    encoding = "utf-8"
    for bom, named in _BOMS:
        if data.startswith(bom):
            data, encoding = data[len(bom) :], named
            break
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = Source(data[: error.start].decode(encoding, "replace"), name)
        at = len(before.text)
        message = f"the file is not {encoding.upper()} text: {error.reason} at byte {error.start}"
        raise ParseError(message, Span(at, at), _ENCODING_HINT, before) from None
    at = text.find("\0")
    if at >= 0:
        # UTF-16 without its mark: every second character of plain text is NUL.
        head = text[:200]
        hint = _ENCODING_HINT if head.count("\0") * 3 > len(head) and head.count("\0\0") == 0 else ""
        raise ParseError("the file is binary: it holds a NUL character", Span(at, at), hint, Source(text[: at + 1], name))
    return Source(text, name)


def encode(text: str, like: bytes) -> bytes:
    """The text in the encoding that ``decode`` found for ``like``, with its byte order mark."""
    for bom, named in _BOMS:
        if like.startswith(bom):
            return bom + text.encode(named)
    return text.encode("utf-8")


def read(path: str | os.PathLike[str], limit: int = MAX_BYTES) -> Source:
    """The text of a regular file, named as the path was given. Unreadable when it cannot be opened."""
    return decode(read_bytes(path, limit), str(Path(path)), limit)


def read_bytes(path: str | os.PathLike[str], limit: int = MAX_BYTES) -> bytes:
    """What a regular file holds, no more than a byte beyond the limit. Unreadable when it cannot be opened."""
    name = os.fspath(path)
    try:
        # Without O_NONBLOCK, opening a named pipe that nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable(name, "not a regular file")
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Unreadable(name, reason) from None
