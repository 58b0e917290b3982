"""Charts as still pictures: what stands on a page before a chart is live, and where it never is."""
