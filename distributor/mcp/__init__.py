"""The door for language models: the Model Context Protocol over standard input and output, in front of the API.

It reads and drafts, and never approves: what goes out is for a person to decide.
"""
