"""Time for the first example of a property: it imports scipy, or paints the phantom."""

from hypothesis import settings

settings.register_profile("first use", deadline=None)
settings.load_profile("first use")
