"""The analyses' glue as plain functions: from what a session holds to the rows of a table. No database."""
