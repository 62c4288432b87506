"""Scenario files as text: reading with every mistake found, trees with places, writing again."""
