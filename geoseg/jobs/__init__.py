"""The queue of runs, the process that works on them, and who watches over it."""
