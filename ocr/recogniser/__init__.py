"""What a line of text says: a small convolutional network with CTC, and where each of its words stands."""
