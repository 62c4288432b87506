"""What replaces what: extended files, options, values set by path, services taken away, dated steps."""
