"""The intermediate representation: what a rule matches, apart from the language that it was written in."""
