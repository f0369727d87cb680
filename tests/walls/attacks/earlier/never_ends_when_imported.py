"""An earlier answer that runs for ever where it is imported."""

while True:
    pass
