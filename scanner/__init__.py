"""From paper or files to page images: sources and drivers, the gate of intake, the journal and its arithmetic."""
