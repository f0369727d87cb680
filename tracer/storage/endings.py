"""What the names of tracer's files end in."""

SUFFIX = ".safetensors"
"""Traces and models."""

RUN = ".checkpoint"
"""A training run, beside the model that it makes."""
