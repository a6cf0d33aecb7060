"""The SMTP client: pipelined, many connections, one thread. Sources: RFC 5321 (SMTP), RFC 2920 (PIPELINING).

- `wire.py`: replies as they come off the wire, contents as they go onto it
- `mail.py`: one message and its envelope
- `opening.py`, `login.py`: how a connection begins
- `link.py`, `connection.py`: one connection: its bytes, and the messages that go over it
- `round.py`, `feeder.py`: between the caller, the engine and its connections
- `routes.py`: which relay the next connection goes to, and what answers say about a relay
- `sharing.py`: a relay's connections that all workers share
- `engine.py`: feeds the connections and yields what becomes of each message
- `keeping.py`: keeps connections between a worker's turns
- `timeouts.py`: how long each step may take
"""

from distributor.channels.mail.smtp.connection_pool import keeper
from distributor.channels.mail.smtp.engine import Engine
from distributor.channels.mail.smtp.timeouts import Timeouts
from distributor.channels.mail.smtp.transaction import MailTransaction

__all__ = ["Engine", "MailTransaction", "Timeouts", "keeper"]
