"""The screens of the terminal: its widths, its colours, and what is left out there."""
