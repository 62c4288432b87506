"""The decision memo: text, tables and figures filled from results folders, written as Word or HTML.

`findings` puts the folders together; each section is a module of pure functions from findings to blocks;
`build` joins and numbers them; `word` and `html` write them down.
"""
