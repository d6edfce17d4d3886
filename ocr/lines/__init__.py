"""Where the lines of text stand on a page: a small network's maps, made into lines in reading order."""
