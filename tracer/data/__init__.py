"""Labelled sentences to learn from: a built-in corpus, and readers of files of one's own."""
