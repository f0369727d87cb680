"""Prints what each quantity means as ``_("…")``, and what each mistake is called.

For ``make catalogue``: `tracer.equations` composes some of these sentences, and those of
`tracer.mistakes` are data, so that they stand nowhere in the code as they are shown.
"""

from tracer.equations import CELLS, OUTPUT, OUTPUT_BACKWARD
from tracer.mistakes.catalogue import CATALOGUE
from tracer.mistakes.reading import read

quantities = [*OUTPUT, *OUTPUT_BACKWARD]
for cell in CELLS.values():
    quantities += [*cell, *cell.backward]
for meaning in dict.fromkeys(quantity.meaning for quantity in quantities):
    print(f"_({meaning!r})")
for entry in read(CATALOGUE):
    print(f"_({entry.title!r})")
    print(f"_({entry.sentence!r})")
