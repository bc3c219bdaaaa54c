"""The REST API: what all endpoints share. Each app's own endpoints are in its api.py."""
