"""Reading SQL that people wrote: tokens, statements, names. ``parse.py`` is the only module here that imports sqlglot."""
