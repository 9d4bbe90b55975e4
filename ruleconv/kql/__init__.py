"""The KQL reader: grammar, syntax tree, and the binding of names and types to the IR."""
