"""Measurements, run by hand and written down in ``bench/RESULTS.md``; never part of the tests."""
