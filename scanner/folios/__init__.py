"""Folios (bút lục): the figures in the upper right corner of sheets, read and checked in their order."""
