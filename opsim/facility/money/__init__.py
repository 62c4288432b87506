"""The books of a facility: what is spent and granted, the operator, the end of the year, what is owed."""
