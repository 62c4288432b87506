"""What writes blocks down: for the screen, as HTML and as Word."""
