"""What goes wrong: shocks and closures, absence, broken machines, an operator that leaves."""
