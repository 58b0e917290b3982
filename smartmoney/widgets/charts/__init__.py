"""Plotly figures as plain dicts: {"data": [...], "layout": {...}}; {} when there is nothing to draw.

Plotly itself is not imported here: the browser has it, and a kernel without it starts in half the time.
"""
