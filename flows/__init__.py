"""What runs when: the jobs' table, the one way a notebook is run, and its flows, schedules and worker in Prefect."""
