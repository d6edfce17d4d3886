"""Evidence to search: one port, an embedded index behind it, the query language and highlighting."""
