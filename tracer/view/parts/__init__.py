"""What a screen is made of: frozen records with every word and number, and no width or colour."""
