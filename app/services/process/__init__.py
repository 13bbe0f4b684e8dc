"""The process wing: deploy, start, complete, deliver, fire, retry."""
