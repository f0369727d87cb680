"""Training on the CPU: a batch is learned from in one compiled call."""
