"""Each row of docs/journeys.md in a real browser, from the first click to the last."""
