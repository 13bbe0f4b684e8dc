"""Trygghetshjulet: a municipality's crime-prevention year, run as BPMN processes."""
