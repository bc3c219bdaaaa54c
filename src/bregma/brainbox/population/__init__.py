"""What a population of units tells together: decoders, projections, shared dimensions, and their null tests."""
