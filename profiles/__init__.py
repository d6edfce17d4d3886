"""Presets per kind of paper, as TOML."""
