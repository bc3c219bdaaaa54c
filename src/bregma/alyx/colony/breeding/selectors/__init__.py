"""What the pages of breeding read; each costs a constant number of queries."""
