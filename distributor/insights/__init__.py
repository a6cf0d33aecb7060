"""What readers did: reads, unsubscriptions, and the Top 10 made of them."""
