"""How each part of a screen is drawn in the columns of a terminal."""
