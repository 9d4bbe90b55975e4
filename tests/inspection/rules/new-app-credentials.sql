-- Secrets added to applications by people who never did that
-- Compares the last day with the month before.
WITH known AS (
    SELECT DISTINCT user_name FROM audit_events
    WHERE action = 'Add credentials' AND happened_at BETWEEN now() - interval '30 days' AND now() - interval '1 day'
)
SELECT a.user_name, a.details->>'appName' AS app, count(*) AS times, count(*) FILTER (WHERE a.result = 'failure') AS failures
FROM audit_events a
LEFT JOIN directory_users u ON u.name = a.user_name
WHERE a.action ILIKE '%credentials%' AND a.happened_at > now() - interval '1 day'
  AND a.user_name NOT IN (SELECT user_name FROM known)
  AND NOT (a.address <<= inet '10.0.0.0/8' AND lower(u.department) = 'it')
  AND a.details->>'kind' IS NOT NULL AND a.agent ~ '^curl'
GROUP BY 1, 2
HAVING count(*) >= 2
ORDER BY times DESC
LIMIT 50;
