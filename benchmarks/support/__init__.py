"""What the benchmarks share: servers, processes, a world to send to, sinks to send into, and what it all costs."""
