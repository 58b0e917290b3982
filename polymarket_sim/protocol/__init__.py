"""How requests are read and answers written: parameters, cursors, exact JSON."""
