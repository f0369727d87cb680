"""Readers of labelled text: each says what it saw, and asks where it would have to guess."""
