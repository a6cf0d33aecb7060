"""What goes out on each channel: the variants, and the settings and links that they are made with."""
