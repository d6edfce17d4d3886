"""Cover sheets: what is printed on them, how they are found again in scans, how they part a stack."""
