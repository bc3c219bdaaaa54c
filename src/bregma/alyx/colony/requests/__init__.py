"""Animals that people ask for, and how they get them from the stock."""
