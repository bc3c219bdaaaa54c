"""The end of animals: entered with reason and method, for one or many, and undone when it was a mistake."""
