"""A whole network: words become numbers, a cell runs over them, a head reads the result."""
