"""Mail servers that we did not write, each run as a test's own instance: own configuration, own queue, a free port."""
