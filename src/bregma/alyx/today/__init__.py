"""The work of a day: which mice to weigh, water, train, wean, genotype and cull, and the entries made beside them.

May import: policy, actions' services, subjects.water, colony's selectors, web.
Read first: selectors/day.py.
"""
