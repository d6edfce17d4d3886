"""What is judged of a page while its paper still lies on the desk: start at :func:`scanner.gate.judge.judge`."""
