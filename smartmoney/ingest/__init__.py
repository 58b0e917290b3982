"""The sync jobs: walks of the API committed page by page, rows and cursor and quarantine in one transaction."""
