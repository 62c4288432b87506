"""Stations and queues: who is served, who waits, who is turned away."""
