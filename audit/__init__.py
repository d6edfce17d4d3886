"""What happened, in proof."""
