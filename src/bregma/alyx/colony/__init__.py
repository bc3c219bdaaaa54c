"""The animals at home: cages, breeding, genotyping, welfare, licences."""
