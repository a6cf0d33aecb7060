"""The SQL of an import, by name: one statement a step, whatever the size. `audience.actions` runs it.

The rows of the file are copied into a temporary table first; addresses are the same whatever their case.
"""

from __future__ import annotations

MAKE_TABLE = """
CREATE TEMPORARY TABLE audience_import (
    number integer, email text, name text, language text, time_zone text, attributes jsonb
) ON COMMIT DROP
"""
COPY_ROWS = "COPY audience_import (number, email, name, language, time_zone, attributes) FROM STDIN"
INDEX_TABLE = "CREATE INDEX ON audience_import (lower(email))"

# An import brings nobody back: not those who left this list, nor those who must not get any mail.
TAKE_OUT_SUPPRESSED = """
DELETE FROM audience_import i USING audience_suppression x WHERE lower(x.email) = lower(i.email)
RETURNING i.number, i.email, x.reason
"""
TAKE_OUT_LEFT = """
DELETE FROM audience_import i USING audience_subscriber s, audience_subscription u
WHERE lower(s.email) = lower(i.email) AND u.subscriber_id = s.id AND u.list_id = %(list)s AND u.state = 'left'
RETURNING i.number, i.email, u.left_at
"""

ADD_SUBSCRIBERS = """
INSERT INTO audience_subscriber (email, name, key, language, time_zone, attributes, created_at)
SELECT email, name, gen_random_uuid(), language, time_zone, attributes, now() FROM audience_import ORDER BY number
ON CONFLICT (lower(email)) DO NOTHING
"""

# An empty cell says nothing: it does not empty what is known.
CHANGE_SUBSCRIBERS = """
WITH changed AS (
    UPDATE audience_subscriber s
    SET name = coalesce(nullif(i.name, ''), s.name),
        language = coalesce(nullif(i.language, ''), s.language),
        time_zone = coalesce(nullif(i.time_zone, ''), s.time_zone),
        attributes = s.attributes || i.attributes
    FROM audience_import i
    WHERE lower(s.email) = lower(i.email)
      AND (coalesce(nullif(i.name, ''), s.name), coalesce(nullif(i.language, ''), s.language),
           coalesce(nullif(i.time_zone, ''), s.time_zone), s.attributes || i.attributes)
          IS DISTINCT FROM (s.name, s.language, s.time_zone, s.attributes)
    RETURNING s.id)
SELECT count(*) FROM changed c
WHERE EXISTS (SELECT 1 FROM audience_subscription u WHERE u.subscriber_id = c.id AND u.list_id = %(list)s)
"""

SUBSCRIBE = """
INSERT INTO audience_subscription (subscriber_id, list_id, state, created_at, left_how)
SELECT s.id, %(list)s, 'active', now(), ''
FROM audience_import i JOIN audience_subscriber s ON lower(s.email) = lower(i.email)
ORDER BY i.number
ON CONFLICT (subscriber_id, list_id) DO NOTHING
"""
COUNT_ROWS = "SELECT count(*) FROM audience_import"

ATTRIBUTES = """
SELECT DISTINCT jsonb_object_keys(s.attributes) AS name FROM audience_subscriber s
WHERE EXISTS (
    SELECT 1 FROM audience_subscription u
    WHERE u.subscriber_id = s.id AND u.state = 'active' AND u.list_id = ANY(%(lists)s))
ORDER BY name
"""
