"""``tracer watch``: checks what a student writes as soon as it is saved, and listens to keys."""
