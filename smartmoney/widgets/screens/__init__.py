"""The pages: a folder each, with its model (what is read and what that means), its columns and charts, and its view."""
