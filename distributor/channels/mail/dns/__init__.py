"""What the world sees of a sending domain: its DNS records and its relay, each judged in one sentence.

`checks.examine` looks at everything. `asking` asks DNS; `spf`, `dmarc`, `keys` and `hosts` each judge one thing.
"""
