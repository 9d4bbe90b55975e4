"""KQL: correctness, cost, style."""
