"""Django settings, URLs and the beat schedule."""
