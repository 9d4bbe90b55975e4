"""Lowerings of the functions that a template cannot say, by the catalogue's topics. Importing this package registers them all."""
