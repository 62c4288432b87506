"""Reported numbers, the public gate, the verdict, and how sure one can be of each."""
