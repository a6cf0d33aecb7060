"""The API's first version: a module for each kind of thing, and the list of them in `service`."""
