"""Files for the systems of others, to be entered there by hand (domain.md 1.30)."""
