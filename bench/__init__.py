"""The benchmark: `make bench`. Figures are reported, never asserted."""
