"""Stages that are lowered here: see the functions."""
