"""What an exercise says: what is asked, with which numbers, its hints, and the answer to it."""
