"""Services that are slower than a visit: places and their residents, units and tenants, halls and events."""
