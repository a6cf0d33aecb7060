"""The practice world: stand-ins for the mail server and the networks, so that everything can be tried with no key.

`python -m distributor.practice` runs it. It judges what arrives by the networks' published rules and shares no
rule with the adapters (import-linter sees to that): a mistake there must show here.
"""
