"""Waveforms of spikes: cut out of a recording, averaged, and described by their features."""
