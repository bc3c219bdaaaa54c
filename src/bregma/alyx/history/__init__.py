"""Who changed which row, when and how, whichever way the change came."""
