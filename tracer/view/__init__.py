"""What a person sees: a trace or a difference as lines of text, and the same as JSON, CSV or SVG.

``say`` makes sentences, ``parts`` are what a screen is made of, ``terminal`` draws them as lines,
``export`` for programs and for pages.
"""
