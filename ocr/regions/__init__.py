"""What on a page is no text: pictures, signatures, handwriting."""
