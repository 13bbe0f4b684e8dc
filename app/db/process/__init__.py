"""The process wing: deployments, definitions, instances, user tasks, jobs, incidents, messages, history."""
