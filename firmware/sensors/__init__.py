"""One loop per sense: drivers in, reports out. Each runs in a child process of its own."""
