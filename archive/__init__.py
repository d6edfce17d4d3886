"""Pages and fields to evidence: PDF/A, signature, check, store."""
