"""The sheet of a batch: what its journal says, for people to check, sign and keep."""
