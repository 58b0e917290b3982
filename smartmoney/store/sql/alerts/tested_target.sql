-- What came of a test message.
update alert_target set tested_at = :now, test_error = :error where label = :label
returning label
