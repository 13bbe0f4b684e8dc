"""One function for each thing a person, a client or the clock can do."""
