"""The SQL by which a tick claims what is due. `delivery.planning.claims` runs it."""

from __future__ import annotations

# What is due, each row for one tick only: the others skip what this one has locked. Of an account not more than
# {of_an_account} posts are under way at a time; what is addressed has batches and limits of its own.
DUE = """
WITH due AS (
    SELECT d.id, d.due_at, d.account_id, d.channel,
        row_number() OVER (PARTITION BY d.account_id ORDER BY d.due_at, d.id) AS place
    FROM delivery_dispatch d LEFT JOIN delivery_dispatch first ON first.id = d.waits_for_id
    WHERE d.state = 'scheduled' AND d.due_at <= now()
      AND (first.id IS NULL OR first.state = ANY(%(finished)s))
), busy AS (
    SELECT account_id, count(*) AS posts FROM delivery_dispatch
    WHERE state = 'sending' AND account_id IS NOT NULL AND NOT channel = ANY(%(addressed)s)
    GROUP BY account_id
), chosen AS (
    SELECT due.id FROM due LEFT JOIN busy ON busy.account_id = due.account_id
    WHERE due.account_id IS NULL OR due.channel = ANY(%(addressed)s)
       OR due.place + coalesce(busy.posts, 0) <= %(of_an_account)s
    ORDER BY due.due_at, due.id
    LIMIT %(most)s
)
SELECT d.id FROM delivery_dispatch d
WHERE d.id IN (SELECT id FROM chosen) AND d.state = 'scheduled' AND d.due_at <= now()
ORDER BY d.due_at, d.id
FOR UPDATE OF d SKIP LOCKED
"""

DUE_OF_ACCOUNT = """
SELECT d.id FROM delivery_dispatch d LEFT JOIN delivery_dispatch first ON first.id = d.waits_for_id
WHERE d.state = 'scheduled' AND d.due_at <= now() AND d.account_id = %(account)s
  AND (first.id IS NULL OR first.state = ANY(%(finished)s))
  AND (SELECT count(*) FROM delivery_dispatch s WHERE s.account_id = %(account)s AND s.state = 'sending')
      < %(of_an_account)s
ORDER BY d.due_at, d.id
LIMIT 1
FOR UPDATE OF d SKIP LOCKED
"""
