"""How a made-up world comes into being: its people, its questions, their orders, and what follows."""
