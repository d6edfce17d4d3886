"""Backs of a stack that went through a feeder of one side: fed in a pass of their own, each joins its sheet."""
