"""The list of markets that smart money is in."""
