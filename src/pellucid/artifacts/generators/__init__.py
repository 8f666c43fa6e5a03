"""What draws new rows like those of a table: codes of columns, flows from noise to rows, and how close they come."""
