"""The description of the REST API: for ONE as OpenAPI and as core-API, for people as a page."""
