"""The door for machines: providers' webhooks."""
