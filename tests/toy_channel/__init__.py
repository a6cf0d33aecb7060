"""A made-up channel, added to a copy of the product as docs/adding-a-channel.md says."""
