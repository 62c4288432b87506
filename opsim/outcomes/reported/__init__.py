"""Reported numbers by topic; `opsim.outcomes.registry` lists them all."""
