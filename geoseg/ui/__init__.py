"""What the pages share: words, forms, the map, live progress."""
