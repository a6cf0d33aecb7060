"""Mail through a provider's API (Postmark, Mailgun, Amazon SES, …): sent and followed with django-anymail."""
