"""HTTP: the only door out. Every connection goes through Client, and every address through guard."""
