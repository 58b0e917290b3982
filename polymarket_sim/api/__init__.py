"""The routes of each host, and the websockets: how the venue writes what it knows."""
