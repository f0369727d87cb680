"""What a person sees: a trace or a difference as lines of text, and the same as JSON, CSV or SVG.

``say`` makes words of numbers, ``parts`` are the records that a screen is made of; ``terminal``
draws them as lines, ``export`` writes them for programs and pages.
"""
