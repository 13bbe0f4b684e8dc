"""Faults on purpose: `make chaos`. Several replicas, one PostgreSQL, killed at random; then the history is checked."""
