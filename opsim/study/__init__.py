"""Questions become points, points are simulated and kept in one store, and what is found becomes a result."""
