"""Import of what a municipality has in tables today: measures, commitments, agreements, people, meeting plans.

A file becomes a *table* of texts (`tables.py`); each row of it is read by the columns of its *kind* (`columns.py` and
one file per kind), and held against what there is already (`outcomes.py`). Nothing stops at the first fault: whoever
made the file sees them all, each with its row and column. Pure: reading XLSX is done on another floor, and what there
is already is handed in.
"""
