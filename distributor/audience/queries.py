"""The SQL of an import and an export, by name: one statement a step, whatever the size.

The rows of the file are copied into a table of their own first, {stage}; `audience.import_stage` fills it and
`audience.actions` runs the rest. Addresses are the same whatever their case. What becomes of a row is in its own
columns: `problem` where it can't be taken in, `kept_out` where it must not be.
"""

from __future__ import annotations

from distributor.audience.erasure_hashes import SQL_HASH

# Unlogged: it is written twice as fast, and after a crash of PostgreSQL itself it is empty, which is seen and mended by
# reading the file anew.
MAKE_STAGE = """
CREATE UNLOGGED TABLE {stage} (
    number integer, email text, name text, language text, time_zone text, cadence text, attributes jsonb,
    status smallint, unclear text, problem text, kept_out text, subscriber bigint,
    folded text GENERATED ALWAYS AS (lower(email)) STORED,
    key uuid DEFAULT gen_random_uuid()
)
"""
COPY_ROWS = """
COPY {stage} (number, email, name, language, time_zone, cadence, attributes, status, unclear, problem) FROM STDIN
"""
ANALYZE_STAGE = "ANALYZE {stage}"
COUNT_STAGED = "SELECT count(*) FROM {stage}"
DROP_STAGE = "DROP TABLE IF EXISTS {stage}"

UNCLEAR_STATUSES = """
SELECT unclear, count(*) FROM {stage} WHERE unclear IS NOT NULL AND problem IS NULL
GROUP BY unclear ORDER BY 2 DESC, 1 LIMIT %(most)s
"""
IS_ANYONE_GONE = "SELECT EXISTS (SELECT 1 FROM {stage} WHERE status > 0)"

# `status` is the weight of a domain.mail_statuses.MailStatus: 0 active, 1 unconfirmed, 2 left, 3 bounced, 4 complained.
# Who is there twice counts once, as what weighs most: a table of several lists has those who left one of them.
MARK_REPEATED = """
UPDATE {stage} i
SET problem = i.email || ' is in row ' || f.first
              || CASE WHEN f.first < i.number THEN ' already' ELSE ' too, as someone who gets no mail' END
FROM (SELECT number, first_value(number) OVER (
          PARTITION BY folded COLLATE "C" ORDER BY status DESC, number) AS first
      FROM {stage} WHERE problem IS NULL) f
WHERE f.number = i.number AND f.first <> i.number AND i.problem IS NULL
"""
SUPPRESS_GONE = """
INSERT INTO audience_suppression (email, reason, detail, source, created_at)
SELECT i.email, CASE i.status WHEN 4 THEN 'complaint' ELSE 'hard bounce' END, %(how)s, %(source)s, now()
FROM {stage} i WHERE i.status >= 3 AND i.problem IS NULL AND i.kept_out IS NULL
ON CONFLICT DO NOTHING
"""
KEEP_OUT_GONE = """
UPDATE {stage} SET kept_out = email || (ARRAY[' did not confirm', '', ' bounced', ' complained'])[status]
WHERE status IN (1, 3, 4) AND problem IS NULL AND kept_out IS NULL
"""

# An import brings nobody back: not those who left this list, nor those who must not get any mail, nor the erased.
KEEP_OUT_SUPPRESSED = """
UPDATE {stage} i SET kept_out = i.email || ' must not get mail (' || x.reason || ')'
FROM audience_suppression x WHERE lower(x.email) = i.folded AND i.problem IS NULL
"""
KEEP_OUT_ERASED = f"""
UPDATE {{stage}} i SET kept_out = i.email || ' must not get mail (' || x.reason || ')'
FROM unnest(%(inner)s::bytea[], %(outer)s::bytea[]) AS k(ipad, opad), audience_suppression x
WHERE x.digest = {SQL_HASH} AND i.problem IS NULL AND i.kept_out IS NULL
"""  # noqa: S608 - our own constant
HAS_ERASED_PEOPLE = "SELECT EXISTS (SELECT 1 FROM audience_suppression WHERE digest IS NOT NULL)"
KEEP_OUT_LEFT = """
UPDATE {stage} i
SET kept_out = i.email || ' left this list' || coalesce(to_char(u.left_at AT TIME ZONE 'UTC', '" on "YYYY-MM-DD'), '')
FROM audience_subscriber s, audience_subscription u
WHERE lower(s.email) = i.folded AND u.subscriber_id = s.id AND u.list_id = %(list)s AND u.state = 'left'
  AND i.problem IS NULL AND i.kept_out IS NULL AND i.status = 0
"""
FIND_KNOWN = """
UPDATE {stage} i SET subscriber = s.id
FROM audience_subscriber s WHERE lower(s.email) = i.folded AND i.problem IS NULL AND i.kept_out IS NULL
"""

ADD_SUBSCRIBERS = """
INSERT INTO audience_subscriber (email, name, key, language, time_zone, attributes, created_at)
SELECT email, name, key, language, time_zone, attributes, now() FROM {stage}
WHERE subscriber IS NULL AND problem IS NULL AND kept_out IS NULL
ORDER BY number
"""

# An empty cell says nothing: it does not empty what is known. Who had each letter by itself gets none of them again in
# a digest, as with `actions.set_cadence`.
CHANGE_KNOWN = """
WITH people AS (
    UPDATE audience_subscriber s
    SET name = coalesce(nullif(i.name, ''), s.name),
        language = coalesce(nullif(i.language, ''), s.language),
        time_zone = coalesce(nullif(i.time_zone, ''), s.time_zone),
        attributes = s.attributes || i.attributes
    FROM {stage} i
    WHERE s.id = i.subscriber AND i.status = 0
      AND (coalesce(nullif(i.name, ''), s.name), coalesce(nullif(i.language, ''), s.language),
           coalesce(nullif(i.time_zone, ''), s.time_zone), s.attributes || i.attributes)
          IS DISTINCT FROM (s.name, s.language, s.time_zone, s.attributes)
    RETURNING s.id),
settings AS (
    UPDATE audience_subscription u
    SET cadence = i.cadence,
        digested_through = CASE WHEN 'each letter' IN (u.cadence, i.cadence) THEN now() ELSE u.digested_through END
    FROM {stage} i
    WHERE u.subscriber_id = i.subscriber AND u.list_id = %(list)s AND i.cadence NOT IN ('', u.cadence)
      AND i.status = 0
    RETURNING u.subscriber_id AS id),
changed AS (SELECT id FROM people UNION SELECT id FROM settings)
SELECT count(*) FROM changed c
WHERE EXISTS (SELECT 1 FROM audience_subscription u WHERE u.subscriber_id = c.id AND u.list_id = %(list)s)
"""

SUBSCRIBE = """
INSERT INTO audience_subscription (subscriber_id, list_id, state, cadence, created_at, since, left_how)
SELECT s.id, %(list)s, 'active', coalesce(nullif(i.cadence, ''), 'each letter'), now(), now(), ''
FROM {stage} i JOIN audience_subscriber s ON lower(s.email) = i.folded
WHERE i.problem IS NULL AND i.kept_out IS NULL AND i.status = 0 AND NOT EXISTS (
    SELECT 1 FROM audience_subscription u WHERE u.subscriber_id = s.id AND u.list_id = %(list)s)
ORDER BY s.id
"""

# Who left where they come from has left here, too: also who was put on the list by an earlier table.
TAKE_OFF = """
UPDATE audience_subscription u SET state = 'left', left_at = now(), left_how = %(how)s, left_source = %(source)s
FROM {stage} i
WHERE i.status = 2 AND i.problem IS NULL AND i.kept_out IS NULL
  AND u.subscriber_id = i.subscriber AND u.list_id = %(list)s AND u.state = 'active'
"""
# How many of the active people of a list the table takes from it, and how many there are.
COUNT_LOSSES = """
SELECT count(DISTINCT u.id),
       (SELECT count(*) FROM audience_subscription WHERE list_id = %(list)s AND state = 'active')
FROM {stage} i
JOIN audience_subscriber s ON lower(s.email) = i.folded
JOIN audience_subscription u ON u.subscriber_id = s.id AND u.list_id = %(list)s AND u.state = 'active'
WHERE i.status >= 2 AND i.problem IS NULL
  AND NOT EXISTS (SELECT 1 FROM audience_suppression x WHERE lower(x.email) = i.folded)
"""
# Whom an event from outside had ended here has left by themselves as well: undoing the event must not put them back.
CONFIRM_LEFT = """
UPDATE audience_subscription u SET left_again_at = now()
FROM {stage} i
WHERE i.status = 2 AND i.problem IS NULL AND i.kept_out IS NULL AND u.subscriber_id = i.subscriber
  AND u.list_id = %(list)s AND u.state = 'left' AND u.left_again_at IS NULL AND u.left_source <> ALL(%(own)s)
"""
STORE_LEFT = """
INSERT INTO audience_subscription
    (subscriber_id, list_id, state, cadence, created_at, since, left_at, left_how, left_source)
SELECT s.id, %(list)s, 'left', coalesce(nullif(i.cadence, ''), 'each letter'), now(), now(), now(), %(how)s, %(source)s
FROM {stage} i JOIN audience_subscriber s ON lower(s.email) = i.folded
WHERE i.status = 2 AND i.problem IS NULL AND i.kept_out IS NULL
ON CONFLICT DO NOTHING
"""

# Appended to both where someone came of their own accord meanwhile: it makes the inserts a fifth slower.
ON_CONFLICT_SKIP = "ON CONFLICT DO NOTHING"
COUNT_FATES = """
SELECT count(problem), count(kept_out) FILTER (WHERE status = 0),
       count(*) FILTER (WHERE status = 0 AND problem IS NULL AND kept_out IS NULL),
       count(*) FILTER (WHERE status = 1 AND problem IS NULL),
       count(*) FILTER (WHERE status = 2 AND problem IS NULL),
       count(*) FILTER (WHERE status = 3 AND problem IS NULL),
       count(*) FILTER (WHERE status = 4 AND problem IS NULL)
FROM {stage}
"""
FIRST_PROBLEMS = "SELECT number, problem FROM {stage} WHERE problem IS NOT NULL ORDER BY number LIMIT %(most)s"
FIRST_KEPT_OUT = """
SELECT number, kept_out FROM {stage} WHERE kept_out IS NOT NULL AND status = 0 AND problem IS NULL
ORDER BY number LIMIT %(most)s
"""
_DEPARTURE = "coalesce(kept_out, email || ' had left')"
FIRST_GONE = f"""
SELECT number, {_DEPARTURE} FROM {{stage}} WHERE status > 0 AND problem IS NULL ORDER BY number LIMIT %(most)s
"""  # noqa: S608 - our own constant
_MESSAGE = f"coalesce(problem, {_DEPARTURE})"
COPY_PROBLEMS = f"""
COPY (SELECT number, {_MESSAGE} FROM {{stage}}
      WHERE problem IS NOT NULL OR kept_out IS NOT NULL OR status > 0 ORDER BY number) TO STDOUT
"""  # noqa: S608 - our own constant

# What is staged of an import that was interrupted is personal too.
ERASE_STAGED = """
UPDATE {stage} SET email = '', name = '', attributes = '{{}}', status = 0, unclear = NULL, problem = NULL,
                   kept_out = 'this person was erased'
WHERE folded = lower(%(email)s)
"""

PEOPLE_CLAUSE = """
WHERE EXISTS (
    SELECT 1 FROM audience_subscription u
    WHERE u.subscriber_id = s.id AND u.state = ANY(%(states)s) AND u.list_id = ANY(%(lists)s))
"""
ATTRIBUTES = "SELECT DISTINCT jsonb_object_keys(s.attributes) FROM audience_subscriber s"
ANY_CADENCE = """
SELECT EXISTS (
    SELECT 1 FROM audience_subscriber s
    JOIN audience_subscription c ON c.subscriber_id = s.id AND c.list_id = ANY(%(lists)s) AND c.cadence <> 'each letter'
"""
EXPORT_COLUMNS = {
    "email": "s.email",
    "name": "nullif(s.name, '')",
    "language": "nullif(s.language, '')",
    "time_zone": "nullif(s.time_zone, '')",
    "cadence": """(
        SELECT c.cadence FROM audience_subscription c
        WHERE c.subscriber_id = s.id AND c.state = ANY(%(states)s) AND c.list_id = ANY(%(lists)s)
        ORDER BY array_position(ARRAY['each letter', 'daily', 'weekly'], c.cadence::text) LIMIT 1)""",
    "subscription_state": """(
        SELECT CASE WHEN bool_or(c.state = 'active') THEN 'active' ELSE 'left' END FROM audience_subscription c
        WHERE c.subscriber_id = s.id AND c.list_id = ANY(%(lists)s))""",
    "lists": """(
        SELECT string_agg(l.slug || ': ' || c.state
                          || coalesce(to_char(c.left_at AT TIME ZONE 'UTC', '" "YYYY-MM-DD'), ''), '; ' ORDER BY l.slug)
        FROM audience_subscription c JOIN audience_mailinglist l ON l.id = c.list_id
        WHERE c.subscriber_id = s.id AND c.list_id = ANY(%(lists)s))""",
}
