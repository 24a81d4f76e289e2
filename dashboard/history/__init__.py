"""What each user has made: recorded as it happens, listed, renamed, deleted."""
