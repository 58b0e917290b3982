"""State of the pages: traitlets only, no ipywidgets, so that tests drive them without a browser."""
