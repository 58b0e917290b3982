"""The server: how it is started, migrated, backed up, pruned and watched."""
