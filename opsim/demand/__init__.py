"""Who comes, when and for what: everything that chance decides about a visit, drawn before it begins.

Reading order: `random` (numbers that belong to things, not to the order of drawing), `inverse`, `normal` and
`distributions` (durations; `short` warns of those below a second), `uncertain` (what the analyst does not
know), `population` (rates), `candidates` and `steps` (the compiled draw), `prepare` and `draw` (the two calls
others make).
"""
