"""Variants: a letter or digest as it goes out on a channel, with the settings and links that it is made with."""
