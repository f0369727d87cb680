"""What a person sees: a trace or a difference as lines of text, and the same as JSON, CSV or SVG.

Read in this order: ``console`` (what the terminal can do), ``numbers`` and ``words`` (how one of
each is written), ``palette`` (how a number becomes a cell), ``sentence`` (one sentence of a trace),
``strip``, ``rows``, ``headings``, ``narration``, ``output`` and ``unit`` with ``arithmetic`` (the
parts of the screen), ``folding`` (what is left out), ``picture`` (the whole screen of ``tracer
show``), ``backward`` with ``magnitudes`` (the same for gradients), ``gradients`` (the screen of
``tracer gradients``), ``divergence`` (that of ``tracer diff``), ``to_json``, ``to_csv`` and
``to_svg``.
"""
