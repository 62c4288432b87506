"""A month: its plan, who and what is there to serve, what is counted; and the loop from month to month."""
