"""What comes back about mails: bounces, complaints, automatic replies, mails that ask to be unsubscribed.

Pure: bytes in, values out (`reading.read`). `mailbox` is the one part that speaks to a server.
"""
