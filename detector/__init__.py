"""Nunchi's science: radio and image detection, fusion. No I/O, threads, clock or global random state."""
