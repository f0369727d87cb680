"""What is said: numbers, words and sentences, made from computed values."""
