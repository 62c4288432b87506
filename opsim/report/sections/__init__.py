"""What is told of a result: blocks for screen, memo and workbook, and the object that scripts read."""
