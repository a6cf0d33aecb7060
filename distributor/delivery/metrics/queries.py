"""The metrics' SQL, by name. Each is bounded: by an index on what is unfinished, or by the time since the last one."""

from __future__ import annotations

from distributor.domain.states import FINISHED

_FINISHED_STATES = f"({', '.join(repr(state) for state in FINISHED)})"

# Seconds from when it might go out to its release, as the histogram's upper bounds.
LATENESS_BOUNDS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)

# The first scrape ever: counters begin here. Mailings that are done are not looked at again.
BEGIN = """
WITH begun AS (
    INSERT INTO delivery_metricprogress (id, through) VALUES (1, statement_timestamp() - %(lag)s * interval '1 second')
    ON CONFLICT DO NOTHING
    RETURNING id)
UPDATE delivery_dispatch SET counted = true
FROM begun WHERE spread_from IS NOT NULL AND NOT counted AND finished_at IS NOT NULL
"""

# One scrape at a time brings the totals up to date. What happened a moment ago may not be committed yet: hence a lag.
ADVANCE = """
WITH held AS MATERIALIZED (SELECT id, through FROM delivery_metricprogress WHERE id = 1 FOR UPDATE)
UPDATE delivery_metricprogress p
SET through = greatest(held.through, statement_timestamp() - %(lag)s * interval '1 second')
FROM held WHERE p.id = held.id
RETURNING held.through, p.through
"""

_ADD = """
ON CONFLICT (metric, labels) DO UPDATE SET value = delivery_metrictotal.value + excluded.value
"""

# An attempt whose answer was lost and came late counts as both: it was the one, and then the other.
ADD_ATTEMPTS = f"""
INSERT INTO delivery_metrictotal (metric, labels, value)
SELECT 'attempts', ARRAY[d.channel, a.outcome], count(*)
FROM delivery_attempt a JOIN delivery_dispatch d ON d.id = a.dispatch_id
WHERE a.ended_at > %(after)s AND a.ended_at <= %(through)s AND a.outcome <> ''
GROUP BY d.channel, a.outcome
{_ADD}"""  # noqa: S608 - made of constants, here and below

# When it might go out at the earliest: its time, the end of its hold, the end of the link that it waits for.
_MIGHT = "greatest(d.due_at, d.hold_until, first.finished_at)"

ADD_RELEASES = f"""
WITH late AS MATERIALIZED (
    SELECT greatest(0, extract(epoch FROM d.released_at - {_MIGHT})) AS seconds
    FROM delivery_dispatch d LEFT JOIN delivery_dispatch first ON first.id = d.waits_for_id
    WHERE d.released_at > %(after)s AND d.released_at <= %(through)s),
added AS (
    SELECT 'lateness' AS metric, ARRAY[bound::text] AS labels, count(late.seconds)::float AS value
    FROM unnest(%(bounds)s::int[]) AS bound JOIN late ON late.seconds <= bound GROUP BY bound
    UNION ALL SELECT 'lateness', ARRAY['+Inf'], count(*) FROM late
    UNION ALL SELECT 'lateness', ARRAY['sum'], coalesce(sum(seconds), 0) FROM late)
INSERT INTO delivery_metrictotal (metric, labels, value) SELECT metric, labels, value FROM added
{_ADD}"""  # noqa: S608

_SUMS = """
sum(b.accepted) AS accepted, sum(b.rejected) AS rejected, sum(b."left") AS "left", sum(b.failed) AS failed,
sum(b.cancelled) AS cancelled, sum(b.takeovers) AS takeovers, sum(b.repeats) AS repeats"""

_KINDS = """
CROSS JOIN LATERAL (VALUES
    ('deliveries', 'accepted', s.accepted), ('deliveries', 'rejected', s.rejected), ('deliveries', 'left', s."left"),
    ('deliveries', 'failed', s.failed), ('deliveries', 'cancelled', s.cancelled),
    ('takeovers', NULL, s.takeovers), ('repeats', NULL, s.repeats)) AS kind(metric, outcome, value)"""

# Mailings that nothing happens to any more: their sums go into the totals, once. A worker that was taken for dead may
# still append within minutes, hence the wait.
ADD_DELIVERIES = f"""
WITH ended AS MATERIALIZED (
    SELECT d.id FROM delivery_dispatch d
    WHERE d.spread_from IS NOT NULL AND NOT d.counted AND d.finished_at < statement_timestamp() - interval '10 minutes'
      AND d.state IN {_FINISHED_STATES}
      AND NOT EXISTS (SELECT FROM delivery_batch b WHERE b.dispatch_id = d.id AND b.state <> 'done')
    ORDER BY d.id
    LIMIT %(most)s
    FOR UPDATE OF d SKIP LOCKED),
marked AS (
    UPDATE delivery_dispatch d SET counted = true FROM ended WHERE d.id = ended.id
    RETURNING d.id, d.publication_id, d.account_id),
s AS (
    SELECT p.slug AS publication, coalesce(a.name, '') AS relay, {_SUMS}
    FROM marked d JOIN delivery_batch b ON b.dispatch_id = d.id
    JOIN letters_publication p ON p.id = d.publication_id LEFT JOIN delivery_account a ON a.id = d.account_id
    GROUP BY 1, 2)
INSERT INTO delivery_metrictotal (metric, labels, value)
SELECT kind.metric, array_remove(ARRAY[s.publication, s.relay, kind.outcome], NULL), kind.value
FROM s {_KINDS}
{_ADD}"""  # noqa: S608

TOTALS = "SELECT metric, labels, value FROM delivery_metrictotal"

# The same of mailings that are under way, from their batches.
UNDER_WAY = f"""
WITH s AS (
    SELECT p.slug AS publication, coalesce(a.name, '') AS relay, {_SUMS}
    FROM delivery_dispatch d JOIN delivery_batch b ON b.dispatch_id = d.id
    JOIN letters_publication p ON p.id = d.publication_id LEFT JOIN delivery_account a ON a.id = d.account_id
    WHERE d.spread_from IS NOT NULL AND NOT d.counted
    GROUP BY 1, 2)
SELECT kind.metric, array_remove(ARRAY[s.publication, s.relay, kind.outcome], NULL), kind.value
FROM s {_KINDS}"""  # noqa: S608

# Recipients of mail that is being sent who have no outcome yet, those who come again later among them.
WAITING_RECIPIENTS = """
SELECT p.slug, coalesce(a.name, ''), sum(d.recipients - done.recipients)
FROM delivery_dispatch d
JOIN letters_publication p ON p.id = d.publication_id LEFT JOIN delivery_account a ON a.id = d.account_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(b.accepted + b.rejected + b."left" + b.failed + b.cancelled), 0) AS recipients
    FROM delivery_batch b WHERE b.dispatch_id = d.id) AS done
WHERE d.state = 'sending' AND d.spread_from IS NOT NULL
GROUP BY 1, 2
"""

# Its condition is that of the index `dispatch_unfinished`, word by word.
UNFINISHED_DISPATCHES = f"""
SELECT channel, state, count(*) FROM delivery_dispatch WHERE NOT (state IN {_FINISHED_STATES}) GROUP BY 1, 2
"""  # noqa: S608

# How long the one waits that might go out for the longest time; none that waits for its link is meant.
OVERDUE_SECONDS = f"""
SELECT coalesce(extract(epoch FROM greatest(max(statement_timestamp() - {_MIGHT}), interval '0')), 0)
FROM delivery_dispatch d LEFT JOIN delivery_dispatch first ON first.id = d.waits_for_id
WHERE d.state IN ('held', 'scheduled') AND d.due_at <= statement_timestamp()
  AND (d.hold_until IS NULL OR d.hold_until <= statement_timestamp())
  AND (first.id IS NULL OR first.state IN {_FINISHED_STATES})
"""  # noqa: S608

ACCOUNTS_TO_RECONNECT = """
SELECT channel, count(*) FILTER (WHERE needs_reconnect <> '') FROM delivery_account GROUP BY 1
"""
ACCOUNT_CHANNELS = "SELECT DISTINCT channel FROM delivery_account"
