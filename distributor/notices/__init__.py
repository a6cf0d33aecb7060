"""Notices: mails to the newsroom's own people about what concerns them, each of which a person can switch off."""
