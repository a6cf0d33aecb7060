"""The ledger's SQL, by name: the heart of the matter, so it stands here to be read. `delivery.mail.ledger` runs it.

Leases use the database's clock, so that workers' clocks don't matter.
"""

from __future__ import annotations

# The next %(most)s candidates by their number, into batches of %(size)s: everyone with an active subscription to one
# of the dispatch's lists since before the spreading began, once, not suppressed. Each list is read along its index, so
# that the first step of millions costs no more than the last. Returns the last candidate's number, whether there may be
# more, and how many recipients were added. Where the mailing is spread over hours, each recipient's turn comes
# %(apart)s seconds after the one before (NULL: at once).
_SPREAD = """
WITH candidates AS MATERIALIZED (
    SELECT DISTINCT subscription.subscriber_id AS id
    FROM delivery_dispatch_lists l
    CROSS JOIN LATERAL (
        SELECT u.subscriber_id FROM audience_subscription u
        WHERE u.list_id = l.mailinglist_id AND u.state = 'active' AND u.since <= %(before)s
          AND u.cadence = {cadence} AND u.subscriber_id > %(after)s
        ORDER BY u.subscriber_id
        LIMIT %(most)s) subscription
    WHERE l.dispatch_id = %(dispatch)s
    ORDER BY 1
    LIMIT %(most)s),
numbered AS (
    SELECT s.id, (row_number() OVER (ORDER BY s.id) - 1) / %(size)s AS batch
    FROM candidates JOIN audience_subscriber s ON s.id = candidates.id
    WHERE NOT EXISTS (SELECT 1 FROM audience_suppression x WHERE lower(x.email) = lower(s.email)){only}),
batches AS (
    INSERT INTO delivery_batch
        (dispatch_id, subscribers, not_before,
         state, round, takeovers, accepted, rejected, "left", failed, cancelled, repeats)
    SELECT %(dispatch)s, array_agg(id ORDER BY id),
           %(before)s + (%(done)s + batch * %(size)s) * %(apart)s * interval '1 second',
           'waiting', 0, 0, 0, 0, 0, 0, 0, 0
    FROM numbered
    GROUP BY batch
    ORDER BY batch
    RETURNING cardinality(subscribers) AS size)
SELECT (SELECT max(id) FROM candidates), (SELECT count(*) FROM candidates) >= %(most)s,
       (SELECT coalesce(sum(size), 0) FROM batches)
"""

# Up to when someone (s) has had a publication's letters, and how often they have its digest: the most often where
# they have it on several lists ('daily' comes before 'weekly'). Whoever joins one more list misses nothing by it.
_DIGEST_PROGRESS = """
    SELECT min(u.cadence) AS cadence, greatest(max(u.digested_through), min(u.since)) AS last
    FROM audience_subscription u
    WHERE u.subscriber_id = s.id AND u.state = 'active' AND u.cadence <> 'each letter' AND u.list_id = ANY({lists})"""

# The zone whose clock counts for someone (s): an unknown one, or none, means the publication's.
_ZONE = "CASE WHEN s.time_zone = ANY(%(zones)s::text[]) THEN s.time_zone ELSE %(home)s END"

# Whoever has the digest this often, lives in its zone and has not had its newest letter yet.
_DUE = f"""
      AND {_ZONE} = %(zone)s
      AND EXISTS (SELECT 1 FROM ({{digested}}) p WHERE p.cadence = %(cadence)s AND p.last < %(newest)s)"""  # noqa: S608 # made of constants, here and below

_ITS_LISTS = "ARRAY(SELECT mailinglist_id FROM delivery_dispatch_lists WHERE dispatch_id = %(dispatch)s)"

SPREAD = _SPREAD.format(cadence="'each letter'", only="\n      AND ({also})")  # {also}: a segment's condition
SPREAD_DIGEST = _SPREAD.format(
    cadence="%(cadence)s", only=_DUE.format(digested=_DIGEST_PROGRESS.format(lists=_ITS_LISTS))
)

# The time zones in which a publication's digests are awaited, by how often.
DIGEST_ZONES = f"""
SELECT DISTINCT u.cadence, {_ZONE}
FROM audience_subscription u
JOIN audience_mailinglist l ON l.id = u.list_id
JOIN audience_subscriber s ON s.id = u.subscriber_id
WHERE l.publication_id = %(publication)s AND u.state = 'active' AND u.cadence <> 'each letter'
ORDER BY 1, 2
"""  # noqa: S608

# Whether anyone would get a digest, before it is made.
ANYONE_DUE = f"""
SELECT EXISTS (
    SELECT 1 FROM audience_subscription v JOIN audience_subscriber s ON s.id = v.subscriber_id
    WHERE v.list_id = ANY(%(lists)s::bigint[]) AND v.state = 'active' AND v.cadence = %(cadence)s
      {_DUE.format(digested=_DIGEST_PROGRESS.format(lists="%(lists)s::bigint[]"))})
"""  # noqa: S608

# One batch for one worker: a waiting one whose time has come, or one whose lease ran out.
LEASE = """
UPDATE delivery_batch
SET state = 'leased', lease_key = %(key)s, lease_until = now() + %(seconds)s * interval '1 second',
    first_tried_at = coalesce(first_tried_at, now()),
    takeovers = takeovers + (state = 'leased')::int
WHERE id = (
    SELECT b.id FROM delivery_batch b JOIN delivery_dispatch d ON d.id = b.dispatch_id
    WHERE b.dispatch_id = %(dispatch)s AND d.state = 'sending'
      AND (b.state = 'waiting' AND (b.not_before IS NULL OR b.not_before <= now())
           OR b.state = 'leased' AND b.lease_until < now())
    ORDER BY b.id
    LIMIT 1
    FOR UPDATE OF b SKIP LOCKED)
RETURNING id, round, first_tried_at, subscribers
"""

# How many people are on the dispatch's lists at most: someone on several of them is counted several times. {also} is a
# segment's condition.
ON_LISTS = """
SELECT count(*) FROM audience_subscription u
JOIN delivery_dispatch_lists l ON l.mailinglist_id = u.list_id
JOIN audience_subscriber s ON s.id = u.subscriber_id
WHERE l.dispatch_id = %(dispatch)s AND u.state = 'active' AND u.cadence = 'each letter' AND ({also})
"""

# Who of these is still to be sent to, and whether they are still subscribed: read just before rendering. The dispatch's
# state comes with every row.
_PENDING_RECIPIENTS = """
SELECT asked.id, s.email, s.name, s.language, s.attributes,
       s.id IS NOT NULL
       AND {subscribed}
       AND NOT EXISTS (SELECT 1 FROM audience_suppression x WHERE lower(x.email) = lower(s.email)) AS wanted{more}
FROM unnest(%(ids)s::text::bigint[]) AS asked(id)
LEFT JOIN audience_subscriber s ON s.id = asked.id{joined}
WHERE NOT EXISTS (
    SELECT 1 FROM delivery_delivery d WHERE d.dispatch_id = %(dispatch)s AND d.subscriber_id = asked.id)
ORDER BY asked.id
"""
PENDING_RECIPIENTS = _PENDING_RECIPIENTS.format(
    subscribed="""EXISTS (
            SELECT 1 FROM audience_subscription u
            WHERE u.subscriber_id = s.id AND u.state = 'active' AND u.list_id = ANY(%(lists)s))""",
    more="",
    joined="",
)
# The same for a mailing to those who have not opened another one; {{read}}: that somebody has. Who opened it since the
# spreading counts as having left.
PENDING_NONOPENERS = _PENDING_RECIPIENTS.format(
    subscribed="""NOT ({read}) AND EXISTS (
            SELECT 1 FROM audience_subscription u
            WHERE u.subscriber_id = s.id AND u.state = 'active' AND u.list_id = ANY(%(lists)s))""",
    more="",
    joined="",
)
# The same for a digest, with up to when they have had the letters, in microseconds. Whoever had its newest letter in
# the meantime, by the digest of another zone or cadence, has nothing to get from it.
PENDING_DIGEST = _PENDING_RECIPIENTS.format(
    subscribed="coalesce(p.last < %(newest)s, false)",
    more=", (extract(epoch FROM p.last) * 1000000)::bigint",
    joined=f"\nLEFT JOIN LATERAL ({_DIGEST_PROGRESS.format(lists='%(lists)s')}) p ON true",
)

# What someone (o) was refused with: the enhanced code or the three digits that begins the detail.
_CODE = r"""CASE WHEN o.outcome = 'failed' THEN %(given_up)s
                 ELSE coalesce(substring(o.detail FROM '^([245]\.[0-9]+\.[0-9]+|[245][0-9][0-9])'), %(other)s) END"""

# Who (o, of the mailing %(first)s) was not reached by it, nor by a later sending of it, and can't have it by a lost
# answer either.
_UNREACHED = """o.dispatch_id = %(first)s AND o.outcome IN ('rejected', 'failed')
      AND NOT EXISTS (
        SELECT 1 FROM delivery_attempt t
        WHERE t.subscriber_id = o.subscriber_id AND t.code = %(repeat_possible)s
          AND (t.dispatch_id = %(first)s
               OR t.dispatch_id IN (SELECT id FROM delivery_dispatch WHERE resend_of_id = %(first)s)))
      AND NOT EXISTS (
        SELECT 1 FROM delivery_dispatch q JOIN delivery_delivery r ON r.dispatch_id = q.id
        WHERE q.resend_of_id = %(first)s AND r.subscriber_id = o.subscriber_id AND r.outcome = 'accepted')"""

IS_UNREACHED = f"""EXISTS (
    SELECT 1 FROM delivery_delivery o
    WHERE o.subscriber_id = s.id AND {_UNREACHED}
      AND (%(code)s = '' OR {_CODE} = %(code)s))"""  # noqa: S608

# Who (s) still wants the mailing %(first)s.
_STILL_ON_LIST = """EXISTS (
    SELECT 1 FROM audience_subscription u JOIN delivery_dispatch_lists l ON l.mailinglist_id = u.list_id
    WHERE l.dispatch_id = %(first)s AND u.subscriber_id = s.id AND u.state = 'active' AND u.cadence = 'each letter')
  AND NOT EXISTS (SELECT 1 FROM audience_suppression x WHERE lower(x.email) = lower(s.email))"""

# How many of them there are who still want it, by code.
UNREACHED = f"""
SELECT {_CODE}, count(*)
FROM delivery_delivery o JOIN audience_subscriber s ON s.id = o.subscriber_id
WHERE {_UNREACHED}
  AND {_STILL_ON_LIST}
GROUP BY 1 ORDER BY 2 DESC, 1
"""  # noqa: S608

# Who (s) got the mailing %(first)s and has not read it; {{read}}: that somebody has.
IS_NONOPENER = """EXISTS (
    SELECT 1 FROM delivery_delivery o
    WHERE o.dispatch_id = %(first)s AND o.subscriber_id = s.id AND o.outcome = 'accepted')
  AND NOT ({read})"""

# How many of them there are who still want it, up to %(most)s (NULL: all).
NONOPENERS = f"""
SELECT count(*) FROM (
    SELECT 1 FROM delivery_delivery o JOIN audience_subscriber s ON s.id = o.subscriber_id
    WHERE o.dispatch_id = %(first)s AND o.outcome = 'accepted' AND NOT ({{read}}) AND {_STILL_ON_LIST}
    LIMIT %(most)s) people
"""  # noqa: S608

# What became of a group of recipients; its counts onto its batch; and the lease for another while, where it is still
# ours. One statement, so that the counts are exact whatever dies. A repeat finds its row there already and changes
# nothing. Returns the dispatch's state, and whether the lease is still ours.
_APPEND = """
WITH {first}new AS (
    INSERT INTO delivery_delivery (dispatch_id, subscriber_id, outcome, detail, at)
    SELECT %(dispatch)s, id, outcome, detail, clock_timestamp()
    FROM unnest(%(ids)s::text::bigint[], %(outcomes)s::text::text[], %(details)s::text::text[])
         AS done(id, outcome, detail)
    ON CONFLICT DO NOTHING
    RETURNING outcome),
tally AS (
    SELECT count(*) FILTER (WHERE outcome = 'accepted') AS accepted,
           count(*) FILTER (WHERE outcome = 'rejected') AS rejected,
           count(*) FILTER (WHERE outcome = 'left') AS "left",
           count(*) FILTER (WHERE outcome = 'failed') AS failed
    FROM new)
UPDATE delivery_batch b
SET accepted = b.accepted + t.accepted, rejected = b.rejected + t.rejected, "left" = b."left" + t."left",
    failed = b.failed + t.failed, repeats = b.repeats + %(repeats)s::int,
    lease_until = CASE WHEN b.lease_key = %(key)s::uuid AND b.state = 'leased'
                       THEN now() + %(seconds)s::int * interval '1 second' ELSE b.lease_until END
FROM tally t, delivery_dispatch d
WHERE b.id = %(batch)s AND d.id = b.dispatch_id
RETURNING d.state, coalesce(b.lease_key = %(key)s::uuid AND b.state = 'leased', false)
"""
APPEND = _APPEND.format(first="")

# The same for a digest: whom it reached, or may have reached, has had the letters through its cutoff. In the same
# statement, so that nobody gets a letter in two digests, and nobody misses one, whatever dies. The rows are locked in
# one order, since a worker that lost its lease may record the same people at once.
APPEND_DIGEST = _APPEND.format(
    first="""had AS MATERIALIZED (
    SELECT u.id FROM audience_subscription u JOIN audience_mailinglist l ON l.id = u.list_id
    WHERE u.subscriber_id = ANY(%(reached)s::text::bigint[]) AND l.publication_id = %(publication)s
    ORDER BY u.id
    FOR NO KEY UPDATE OF u),
advanced AS (
    UPDATE audience_subscription u SET digested_through = greatest(u.digested_through, %(cutoff)s::timestamptz)
    FROM had WHERE u.id = had.id),
"""
)

# Keeps the lease and says whether to go on: no row when it was lost, else the dispatch's state.
RENEW = """
UPDATE delivery_batch b SET lease_until = now() + %(seconds)s * interval '1 second'
FROM delivery_dispatch d
WHERE b.id = %(batch)s AND b.lease_key = %(key)s AND b.state = 'leased' AND d.id = b.dispatch_id
RETURNING d.state
"""

# Ends a lease: `done`, or `waiting` again with those who are left.
END_LEASE = """
UPDATE delivery_batch
SET state = %(state)s, subscribers = %(subscribers)s::bigint[], lease_key = NULL, lease_until = NULL
WHERE id = %(batch)s AND lease_key = %(key)s AND state = 'leased'
RETURNING id
"""

# Whoever has no delivery when the dispatch is cancelled gets one that says so; %(most)s batches at a time.
CLOSE_CANCELLED = """
WITH ended AS MATERIALIZED (
    SELECT id, subscribers FROM delivery_batch
    WHERE dispatch_id = %(dispatch)s AND (state = 'waiting' OR state = 'leased' AND lease_until < now())
    ORDER BY id
    LIMIT %(most)s
    FOR UPDATE),
recipients AS MATERIALIZED (
    SELECT e.id AS batch, subscriber.id FROM ended e CROSS JOIN LATERAL unnest(e.subscribers) AS subscriber(id)),
new AS (
    INSERT INTO delivery_delivery (dispatch_id, subscriber_id, outcome, detail, at)
    SELECT %(dispatch)s, id, 'cancelled', '', clock_timestamp() FROM recipients
    ON CONFLICT DO NOTHING
    RETURNING subscriber_id),
tally AS (
    SELECT e.id, count(n.subscriber_id) AS cancelled
    FROM ended e LEFT JOIN recipients a ON a.batch = e.id LEFT JOIN new n ON n.subscriber_id = a.id
    GROUP BY e.id)
UPDATE delivery_batch b
SET state = 'done', lease_key = NULL, lease_until = NULL, cancelled = b.cancelled + t.cancelled
FROM tally t WHERE t.id = b.id
"""

# Each batch counts its own recipients' outcomes, so that millions of deliveries are never counted one by one.
COUNTS = """
SELECT dispatch_id, sum(accepted), sum(rejected), sum("left"), sum(failed), sum(cancelled), sum(repeats)
FROM delivery_batch WHERE dispatch_id = ANY(%(dispatches)s) GROUP BY 1
"""

TRIES_AT = """
SELECT count(*) FROM delivery_delivery v JOIN audience_subscriber s ON s.id = v.subscriber_id
WHERE v.dispatch_id = %(dispatch)s AND v.outcome IN ('accepted', 'rejected')
  AND split_part(lower(s.email), '@', -1) = %(domain)s
"""
REFUSALS_AT = f"{TRIES_AT} AND v.outcome = 'rejected'"

# The share of refusals for good in the publication's last five mailings that went through. Those that were stopped, or
# had a burst of refusals, are not what is usual.
USUAL_REFUSALS = """
SELECT sum(b.rejected)::float / nullif(sum(b.rejected + b.accepted), 0)
FROM delivery_batch b WHERE b.dispatch_id IN (
    SELECT id FROM delivery_dispatch
    WHERE publication_id = %(publication)s AND id <> %(dispatch)s AND spread_from IS NOT NULL
      AND state IN ('sent', 'partly') AND finished_at IS NOT NULL
      AND id NOT IN (SELECT dispatch_id FROM audience_heldburst)
    ORDER BY finished_at DESC LIMIT 5)
"""

# What left from a sending domain since a moment. Only dispatches that may still have been under way then are looked at.
SENT_SINCE = """
SELECT count(*) FROM delivery_dispatch d
JOIN letters_publication p ON p.id = d.publication_id
JOIN delivery_delivery v ON v.dispatch_id = d.id
WHERE lower(split_part(p.sender_email, '@', 2)) = %(domain)s
  AND d.spread_from IS NOT NULL AND (d.finished_at IS NULL OR d.finished_at >= %(since)s)
  AND v.outcome = 'accepted' AND v.at >= %(since)s
"""

# Mail dispatches with a batch that a worker could take now, and with no worker at it: one that is at it goes on until
# nothing is left.
CLAIMABLE = """
SELECT d.id FROM delivery_dispatch d JOIN delivery_batch b ON b.dispatch_id = d.id
WHERE d.state = 'sending' AND b.state <> 'done'
GROUP BY d.id
HAVING bool_or(b.state = 'waiting' AND (b.not_before IS NULL OR b.not_before <= now())
               OR b.state = 'leased' AND b.lease_until < now())
   AND NOT bool_or(b.state = 'leased' AND b.lease_until >= now())
ORDER BY d.id
"""

# While the relay is away there is no use in trying the dispatch's other batches.
PUT_OFF = """
UPDATE delivery_batch SET not_before = %(not_before)s
WHERE dispatch_id = %(dispatch)s AND state = 'waiting' AND (not_before IS NULL OR not_before < %(not_before)s)
"""
