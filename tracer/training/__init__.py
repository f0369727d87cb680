"""Training: from labelled sentences to a model."""
