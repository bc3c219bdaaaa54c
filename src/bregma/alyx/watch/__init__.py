"""What operators see of the server: request ids, access log, health, metrics.

Read first: requests.py, the middleware that measures each request; then metrics.py and health.py.
"""
