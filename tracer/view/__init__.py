"""What a person sees: a trace or a difference as lines of text, and the same as JSON, CSV or SVG.

Read in this order: ``console`` (what the terminal can do), ``numbers`` and ``words`` (how one of
each is written), ``palette`` (how a number becomes a cell), ``sentence`` (one sentence of a trace),
``strip``, ``rows``, ``narration``, ``output`` and ``unit`` with ``arithmetic`` (the parts of the
screen), ``folding`` (what is left out), ``picture`` (the whole screen of ``tracer show``),
``divergence`` (that of ``tracer diff``), ``to_json``, ``to_csv``, ``to_svg``.
"""
