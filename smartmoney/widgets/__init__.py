"""What people see: models that hold a page's state (no ipywidgets), and views that link to them.

A notebook under `dashboards/` imports one page class, gives it the query string, and shows it.
"""
