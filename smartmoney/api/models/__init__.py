"""The bodies of the REST API, as its OpenAPI shows them."""
