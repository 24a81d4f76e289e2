"""Two hundred users at once: `make load`, and for twenty minutes: `make soak`."""
