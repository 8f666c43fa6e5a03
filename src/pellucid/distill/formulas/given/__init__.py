"""Forms that the user gives: their constants fitted with standard errors, their unknown functions found."""
