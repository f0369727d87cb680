"""Prints what each quantity means as ``_("…")``, for ``make catalogue``.

`tracer.equations` composes some of these sentences, so that they stand nowhere in the code as they
are shown.
"""

from tracer.equations import CELLS, OUTPUT, OUTPUT_BACKWARD

quantities = [*OUTPUT, *OUTPUT_BACKWARD]
for cell in CELLS.values():
    quantities += [*cell, *cell.backward]
for meaning in dict.fromkeys(quantity.meaning for quantity in quantities):
    print(f"_({meaning!r})")
