"""The prevention wing: municipalities, their organisation and calendar, and the records of the work."""
