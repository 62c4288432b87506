"""What a run leaves to read: the results folder, figures, and the table on the screen."""
