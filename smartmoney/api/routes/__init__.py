"""The routes: each reads, shapes and answers; nothing else."""
