"""One file a format, each with a `FORMAT`; adding a file adds the format."""
