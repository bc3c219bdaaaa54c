"""Raw voltage and local field potential: filters, referencing, bad channels, spectra, probes. Samples first."""
