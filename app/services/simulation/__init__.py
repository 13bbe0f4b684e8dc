"""What a simulation is made of: what people answer, when they do, and the timeline of what came of it."""
