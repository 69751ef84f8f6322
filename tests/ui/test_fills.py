"""Numbers that stand for missing are told on the page Predict, and may be kept."""
