"""The decision memo: text, tables and figures filled from results folders, written as Word or HTML.

`material` puts the folders together and answers what sections ask. Each section is a function from it to
blocks, in the order of reading: `proposal`, `alternatives`, `public_value`, `budget_effect`, `agreement`,
`robustness`, `annexes`. `build` joins and numbers them and writes the file.
"""
