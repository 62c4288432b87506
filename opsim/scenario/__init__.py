"""What the analyst writes: scenario files, their numbers with units, ranges and sources."""
