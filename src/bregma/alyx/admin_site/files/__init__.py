"""Spreadsheets in and out of every table: names in place of keys, a preview before anything is written."""
