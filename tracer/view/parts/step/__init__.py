"""One step as it is shown: cells, the output, one unit, and numbers worked out."""
