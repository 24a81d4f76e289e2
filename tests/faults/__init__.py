"""What happens when parts of a running site are killed, filled or taken away: `make faults`."""
