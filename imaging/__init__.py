"""From a master file to pixels: what a file is, its upright raster, and where there is ink on it."""
