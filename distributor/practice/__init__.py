"""The practice world: stand-ins for the mail server and the networks, so that everything can be tried with no key."""
