"""Mail: a letter to every recipient of a mailing list, through an SMTP relay."""
