"""Sentences become words, words become numbers."""
