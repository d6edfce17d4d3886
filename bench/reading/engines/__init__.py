"""The readers that are measured; each module is imported in the process that reads with it, and nowhere else."""
