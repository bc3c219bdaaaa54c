"""The admin: a list and a form for every table, as the policy lets, written through the services.

May import: policy, changes, errors, web.refusals, the models.
Read first: table.py (PolicyAdmin); files/ reads and writes spreadsheets; sidebar.py says where each table is found.
"""
