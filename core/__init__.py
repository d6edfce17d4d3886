"""The words everybody uses: values, errors, identifiers, text, files. Imports the standard library only."""

__version__ = "0.1.0"
