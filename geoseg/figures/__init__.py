"""Tables and counts -> charts; layer kinds -> the colours of every map."""
