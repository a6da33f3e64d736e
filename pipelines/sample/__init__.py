"""Made landing files, drawn from the declarations: rows that never happened, in the agencies' formats."""
