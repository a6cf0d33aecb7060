"""The SQL of what comes back, by name, for `insights.returns`, `bounce_scores` and `personal_data`."""

from __future__ import annotations

from distributor.domain.bounces import DOMAIN_OUTAGE, SENDER_STATUS

# Whether somebody opened one of some mailings or followed a link of it: `audience.mail_reads`.
READ = """EXISTS (
    SELECT 1 FROM insights_open r WHERE r.subscriber_id = {person} AND r.dispatch_id = ANY({mailings}))
  OR EXISTS (
    SELECT 1 FROM insights_click r WHERE r.subscriber_id = {person} AND r.dispatch_id = ANY({mailings}))"""

# In the order of the key, so that two groups with the same events wait for each other instead of locking up.
STORE = """
INSERT INTO insights_returnedevent (
    kind, source, event_id, dispatch_id, subscriber_id, email, status, reason, certain, at, received_at, raw,
    mail)
SELECT kind, source, event_id, dispatch_id, subscriber_id, email, status, reason, certain, at, %(now)s, raw::jsonb,
    mail::jsonb
FROM unnest(
    %(kind)s::text[], %(source)s::text[], %(event_id)s::text[], %(dispatch_id)s::bigint[], %(subscriber_id)s::bigint[],
    %(email)s::text[], %(status)s::text[], %(reason)s::text[], %(certain)s::boolean[], %(at)s::timestamptz[],
    %(raw)s::text[], %(mail)s::text[]
) AS e (kind, source, event_id, dispatch_id, subscriber_id, email, status, reason, certain, at, raw, mail)
ORDER BY source, event_id
ON CONFLICT (source, event_id) DO NOTHING
RETURNING source, event_id
"""

# What came in long ago, %(most)s rows of it at a time; what another process removes right now is passed over.
FORGET = """
DELETE FROM insights_returnedevent WHERE id IN (
    SELECT id FROM insights_returnedevent WHERE received_at < %(before)s
    ORDER BY received_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
"""

# An address's bounces since the last mail that arrived, and since it was let get mail again. A mail that was taken and
# then bounced did not arrive. Times are those of arrival: what a mail says of its own time can be made up, as can all
# that is not certain.
BOUNCES = """
WITH counted AS (
    SELECT lower(email) AS email, kind, status, reason, received_at AS at, dispatch_id
    FROM insights_returnedevent
    WHERE kind IN ('soft bounce', 'hard bounce', 'delivered') AND lower(email) = ANY(%(emails)s)
      AND received_at > %(since)s AND certain),
arrived AS (
    SELECT email, max(at) AS at FROM counted d
    WHERE kind = 'delivered' AND NOT EXISTS (
        SELECT 1 FROM counted b
        WHERE b.email = d.email AND b.dispatch_id = d.dispatch_id AND b.kind <> 'delivered')
    GROUP BY email),
lifted AS (
    SELECT lower(email) AS email, max(at) AS at FROM insights_reversalentry
    WHERE subscription_id IS NULL AND lower(email) = ANY(%(emails)s)
    GROUP BY 1)
SELECT c.email, c.at, c.dispatch_id, c.kind, c.status, c.reason
FROM counted c LEFT JOIN arrived a USING (email) LEFT JOIN lifted l USING (email)
WHERE c.kind <> 'delivered' AND (a.at IS NULL OR c.at > a.at) AND (l.at IS NULL OR c.at > l.at)
"""

# The days on which several people of one domain were refused for what we are or send.
OUR_TROUBLE = f"""
SELECT split_part(lower(email), '@', -1) AS domain, (received_at AT TIME ZONE 'UTC')::date AS day
FROM insights_returnedevent
WHERE kind IN ('soft bounce', 'hard bounce') AND received_at > %(since)s AND certain AND status ~ '{SENDER_STATUS}'
  AND split_part(lower(email), '@', -1) = ANY(%(domains)s)
GROUP BY 1, 2 HAVING count(DISTINCT lower(email)) >= {DOMAIN_OUTAGE}
"""  # noqa: S608 - both are constants of ours
