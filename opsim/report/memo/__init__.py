"""The decision memo: text, tables and figures filled from results folders, written as Word or HTML.

`material` answers in cases, outcomes and estimates what sections ask of the folders. Each section is a
function from it to blocks, in the order of reading: `proposal`, `alternatives`, `public_value`,
`budget_effect`, `agreement`, `robustness`, `annexes`. `build` puts folders together, joins the sections,
numbers headings and captions, and writes the file.
"""
