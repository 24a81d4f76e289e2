"""A Django database backend that starts PostgreSQL itself, so that a fresh clone needs no server."""
