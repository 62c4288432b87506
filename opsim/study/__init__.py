"""Running scenarios: replications, workers, and what they add up to."""
