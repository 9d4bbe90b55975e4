"""Data connectors and the tables that they feed."""
