"""The forms of breeding; each field explains its rule before it is broken."""
