"""The door for machines: the API of programs, and providers' webhooks."""
