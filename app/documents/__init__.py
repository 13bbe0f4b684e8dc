"""Documents from records. Pure."""
