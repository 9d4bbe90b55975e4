"""From the IR to SQL, through sqlglot nodes. The only package that imports sqlglot."""
