"""Tests of opsim.stations."""
