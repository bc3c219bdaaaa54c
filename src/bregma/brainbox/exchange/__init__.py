"""To and from the objects of other libraries: pynapple, SpikeInterface, pandas. Each is imported when it is needed."""
