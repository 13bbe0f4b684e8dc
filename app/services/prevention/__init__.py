"""The prevention wing: facts, records, schedules, municipalities."""
