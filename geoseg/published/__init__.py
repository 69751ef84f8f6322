"""Published archives: fetched, checked and unpacked; foreign checkpoints read as data only."""
