"""The token calculator: the only floor that speaks SpiffWorkflow. Pure."""
