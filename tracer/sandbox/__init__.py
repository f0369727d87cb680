"""Where an answer runs: a process of its own, what stands around it, and what runs inside."""
