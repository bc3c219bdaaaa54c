"""The page of a subject's weights and water, and the forms that enter them.

May import: subjects.water, actions' services, results' charts, web.
Read first: views.py.
"""
