"""Messages to real receivers: once each, retried, put off, and honest about a doubt."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections import Counter
from datetime import datetime, timedelta
from email import message_from_string
from email.policy import default
from typing import Any

import pytest

from smartmoney.alerts.deliver import MOST_ATTEMPTS, backoff, deliver, send_test
from smartmoney.alerts.targets import Target, read_targets
from smartmoney.errors import ParameterError
from smartmoney.jobs import evaluate_alerts
from smartmoney.settings import Settings
from smartmoney.store import alerts as store_alerts
from smartmoney.store import reads
from smartmoney.store.alerts import NewAlert
from smartmoney.store.db import Store
from tests.kit.rows import NOW, Received, Rows, ago

SECRET = "s3kr1t-p4th"


def hook(webhook: Received, label: str = "hook") -> Target:
    return Target(
        label, f"json://ada:{SECRET}@127.0.0.1:{webhook.port}/{SECRET}", "JSON", allow_private=True
    )


def alert(
    world: Rows,
    *targets: str,
    text: str = "It happened.",
    number: int = 1,
    quiet: str | None = None,
) -> None:
    rule = world.rule("stream_stale", quiet_hours=quiet)
    store_alerts.save_alerts(
        world.store, rule, [NewAlert(f"key-{number}", NOW, text)], targets, NOW, NOW
    )


def at(minutes: float) -> Any:
    return lambda: NOW + timedelta(minutes=minutes)


def states(store: Store) -> list[tuple[str, int]]:
    return [(row["status"], row["attempts"]) for row in store_alerts.deliveries(store)]


def test_a_webhook_is_told_once_with_a_key(world: Rows, webhook: Received) -> None:
    alert(world, "hook")
    assert deliver(world.store, [hook(webhook)], at(0)) == Counter(sent=1, failed=0)
    assert deliver(world.store, [hook(webhook)], at(60)) == Counter(failed=0)
    told = webhook.messages[0]
    assert len(webhook.messages) == 1
    assert (told["title"], told["message"]) == (
        "smartmoney: a rule",
        f"It happened.\n(ref {told['key']})",
    )
    assert webhook.headers[0]["Idempotency-Key"] == told["key"]
    assert len(told["key"]) == 16


def test_mail_arrives_as_one_clean_message(
    world: Rows, mailbox: Received, store: Store, settings: Settings
) -> None:
    name = "=1+1<script>alert(1)</script>\r\nBcc: victim@example.com\r\n\u202egnp.exe"
    ada, (market, yes, _) = world.trader(name), world.market("Will\r\nSubject: it <b>rain</b>?")
    world.rule("trader_moves", "Rain\r\nX-Evil: 1", tiers=["S"])
    world.fill(ada, market, yes, ago(minutes=1), 1000)
    url = f"mailto://127.0.0.1:{mailbox.port}?from=sm@example.com&to=ada@example.com&format=text"
    report = evaluate_alerts(
        store=store,
        settings=settings.model_copy(update={"alert_urls": _secret(f"mail={url}")}),
        now=NOW,
        allow_private=True,
    )
    assert report.written["messages sent"] == 1
    mail = message_from_string(mailbox.messages[0]["raw"], policy=default)
    assert (mail["Subject"], mail["Bcc"], mail["X-Evil"]) == (
        "smartmoney: Rain X-Evil: 1",
        None,
        None,
    )
    body = (
        mail.get_content()
        if not mail.is_multipart()
        else mail.get_body(("plain", "html")).get_content()
    )
    assert "opened Yes in “Will Subject: it ‹b›rain‹/b›?”" in body
    assert "“1+1‹script›alert(1)‹/script› Bc…”" in body
    assert not set("<>\u202e") & set(body)
    assert mail["Idempotency-Key"] in body


def _secret(text: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(text)


def test_a_refused_message_is_tried_again_later_and_later(world: Rows, webhook: Received) -> None:
    alert(world, "hook")
    alert(world, "hook", number=2)
    webhook.answers = [500]
    assert deliver(world.store, [hook(webhook)], at(0)) == Counter({"put off": 1, "failed": 0})
    assert len(webhook.messages) == 1, "a target that refuses is left alone for the rest of the run"
    assert deliver(world.store, [hook(webhook)], at(10)) == Counter(sent=2, failed=0)
    assert len({message["key"] for message in webhook.messages}) == 2
    assert states(world.store) == [("sent", 1), ("sent", 2)]


def test_waits_grow_and_end(world: Rows, webhook: Received) -> None:
    assert timedelta(seconds=24) <= backoff(1) <= timedelta(seconds=36)
    assert all(backoff(n + 1) > backoff(n) for n in range(1, 5))
    assert backoff(MOST_ATTEMPTS) <= timedelta(hours=3)
    alert(world, "hook")
    webhook.answers = [503] * MOST_ATTEMPTS
    done = sum(
        (deliver(world.store, [hook(webhook)], at(181 * n)) for n in range(MOST_ATTEMPTS)),
        Counter[str](),
    )
    assert done == Counter({"put off": MOST_ATTEMPTS - 1, "failed": 1})
    row = store_alerts.deliveries(world.store)[0]
    assert (row["status"], row["attempts"]) == ("failed", MOST_ATTEMPTS)
    assert "503" in row["error"]


def test_what_cannot_be_told_within_a_day_is_given_up(world: Rows, webhook: Received) -> None:
    alert(world, "gone")
    assert deliver(world.store, [hook(webhook)], at(60)) == Counter(failed=0)
    assert deliver(world.store, [hook(webhook)], at(25 * 60)) == Counter(failed=1)
    assert store_alerts.deliveries(world.store)[0]["error"] == (
        "This target is not in ALERT_URLS any more. Given up after a day."
    )


def test_a_redirect_is_not_followed(world: Rows, webhook: Received) -> None:
    alert(world, "hook")
    webhook.answers, webhook.location = [307], f"http://127.0.0.1:{webhook.port}/elsewhere"
    assert deliver(world.store, [hook(webhook)], at(0))["put off"] == 1
    assert len(webhook.messages) == 1


def test_a_target_that_leads_inside_is_refused_when_sending(world: Rows, webhook: Received) -> None:
    alert(world, "hook")
    inside = Target("hook", hook(webhook).url)
    assert deliver(world.store, [inside], at(0))["put off"] == 1
    assert webhook.messages == []
    assert "private network" in store_alerts.deliveries(world.store)[0]["error"]


def test_no_secret_reaches_logs_or_the_database(
    world: Rows, webhook: Received, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ada, (market, yes, _) = world.trader(), world.market()
    world.rule("trader_moves", tiers=["S"])
    world.fill(ada, market, yes, ago(minutes=1), 1000)
    webhook.answers = [500]
    urls = _secret(f"{hook(webhook).url} json://127.0.0.1:9/{SECRET} jsn://{SECRET}")
    report = evaluate_alerts(
        store=world.store,
        settings=settings.model_copy(update={"alert_urls": urls}),
        now=NOW,
        allow_private=True,
    )
    assert report.written["messages put off"] == 2
    with world.store.raw() as connection:
        held = [
            str(connection.execute(f"select * from {table}").fetchall())
            for table in ("alert", "alert_delivery", "alert_rule", "ingestion_run", "setting")
        ]
    assert SECRET not in "".join([*held, caplog.text, str(report), report._repr_html_()])
    assert all(row["error"] for row in store_alerts.deliveries(world.store))


def test_quiet_hours_hold_messages_back_but_not_the_feed(
    world: Rows, webhook: Received, settings: Settings
) -> None:
    ada, (market, yes, _) = world.trader(), world.market()
    world.rule("trader_moves", tiers=["S"], quiet_hours="11:00-13:30")
    world.fill(ada, market, yes, ago(minutes=1), 1000)
    urls = _secret(f"hook={hook(webhook).url}")

    def run(now: datetime) -> Counter[str]:
        evaluate_alerts(
            store=world.store,
            settings=settings.model_copy(update={"alert_urls": urls}),
            now=now,
            deliver=False,
            allow_private=True,
        )
        return deliver(world.store, [hook(webhook)], lambda: now)

    assert run(NOW)["sent"] == 0
    assert len(world.told()) == 1
    assert run(NOW + timedelta(minutes=89))["sent"] == 0
    assert run(NOW + timedelta(minutes=90))["sent"] == 1


def test_a_rule_tells_the_targets_it_names(
    world: Rows, webhook: Received, settings: Settings
) -> None:
    (ada, bob, eve), (market, yes, _) = (
        [world.trader(name) for name in ("ada", "bob", "eve")],
        world.market(),
    )
    for trader, targets in ((ada, ["b", "c"]), (bob, []), (eve, None)):
        world.rule("trader_moves", wallets=[f"0x{trader:040x}"], targets=targets)
        world.fill(trader, market, yes, ago(minutes=1), 1000)
    urls = _secret(f"a={hook(webhook).url} b={hook(webhook).url}-b")
    report = evaluate_alerts(
        store=world.store,
        settings=settings.model_copy(update={"alert_urls": urls}),
        now=NOW,
        allow_private=True,
    )
    assert (report.written["alerts"], report.written["messages sent"]) == (3, 3)
    assert report.sentences[-1].endswith("names the target c, which cannot be used.")
    rows = sorted((row["rule_id"], row["target"]) for row in store_alerts.deliveries(world.store))
    assert [target for _, target in rows] == ["b", "a", "b"]


def test_two_processes_at_once_tell_each_message_once(world: Rows, webhook: Received) -> None:
    for number in range(12):
        alert(world, "hook", number=number)
    threads = [
        threading.Thread(target=deliver, args=(world.store, [hook(webhook)], at(0)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(webhook.messages) == len({message["key"] for message in webhook.messages}) == 12


CHILD = """
    import os, sys
    from datetime import datetime
    from smartmoney.alerts.deliver import deliver
    from smartmoney.alerts.targets import Target
    from smartmoney.store.db import Store
    now = datetime.fromisoformat(sys.argv[1])
    deliver(Store(os.environ["URL"]), [Target("hook", os.environ["HOOK"], "JSON", True)], lambda: now)
"""


def test_killed_while_sending_it_is_sent_again_with_the_same_key_and_says_so(
    world: Rows, webhook: Received
) -> None:
    alert(world, "hook")
    webhook.hold = threading.Event()
    environment = {**os.environ, "URL": world.store.url, "HOOK": hook(webhook).url}
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD), NOW.isoformat()], env=environment
    )
    assert webhook.arrived.wait(60)
    child.send_signal(signal.SIGKILL)
    child.wait()
    webhook.hold.set()
    webhook.hold = None
    assert states(world.store) == [("sending", 1)]
    assert deliver(world.store, [hook(webhook)], at(1)) == Counter(failed=0), (
        "the lease of two minutes is respected"
    )
    assert deliver(world.store, [hook(webhook)], at(3))["sent"] == 1
    first, second = webhook.messages
    assert first["key"] == second["key"]
    assert "may be a repeat" in second["message"]
    assert "may be a repeat" not in first["message"]
    assert deliver(world.store, [hook(webhook)], at(9)) == Counter(failed=0)


def test_the_test_button(webhook: Received, settings: Settings) -> None:
    given = settings.model_copy(update={"alert_urls": _secret(f"hook={hook(webhook).url}")})
    assert send_test("hook", given, allow_private=True).ok
    assert webhook.messages[0]["title"] == "smartmoney: test"
    webhook.answers = [401]
    result = send_test("hook", given, allow_private=True)
    assert not result.ok
    assert "401" in result.error
    with pytest.raises(ParameterError, match="no alert target 'phone'; there are: hook"):
        send_test("phone", given, allow_private=True)
    with pytest.raises(
        ParameterError,
        match="there are: none; set ALERT_URLS. hook in ALERT_URLS leads to this machine",
    ):
        send_test("hook", given)


def test_the_button_of_the_page_is_a_run_of_the_job(
    world: Rows, webhook: Received, settings: Settings
) -> None:
    words = f"hook={hook(webhook).url} inner=json://10.0.0.8/{SECRET} odd=nonsense://{SECRET}"
    given = settings.model_copy(update={"alert_urls": _secret(words)})
    asked: dict[str, Any] = {
        "store": world.store,
        "settings": given,
        "allow_private": True,
        "test_target": "hook",
    }
    report = evaluate_alerts(now=NOW, **asked)
    assert (report.written, webhook.messages[0]["title"]) == (
        {"messages sent": 1},
        "smartmoney: test",
    )
    again = evaluate_alerts(now=NOW + timedelta(seconds=20), **asked)
    assert (again.status, len(webhook.messages)) == ("nothing to do", 1), (
        "a button pressed twice tells nobody twice"
    )
    webhook.answers = [500]
    report = evaluate_alerts(now=NOW + timedelta(minutes=2), **asked)
    assert "did not accept it" in report.sentences[0]
    with pytest.raises(ParameterError, match="no alert target 'phone'"):
        evaluate_alerts(now=NOW, **{**asked, "test_target": "phone"})
    evaluate_alerts(store=world.store, settings=given, now=NOW)
    rows = {row["label"]: row for row in reads.alert_targets(world.store)}
    assert sorted(rows) == ["unusable 1", "unusable 2", "unusable 3"], (
        "without leave, nothing inside is told"
    )
    assert any(
        "leads to this machine or a private network" in row["problem"] for row in rows.values()
    )
    with world.store.raw() as connection:
        kept = connection.execute(
            "select jsonb_agg(alert_target)::text || (select jsonb_agg(ingestion_run)::text from "
            "ingestion_run) from alert_target"
        ).fetchone()
    assert SECRET not in str(kept) + repr(report)


def test_without_targets_the_feed_still_works(world: Rows, settings: Settings) -> None:
    ada, (market, yes, _) = world.trader(), world.market()
    world.rule("trader_moves", tiers=["S"])
    world.fill(ada, market, yes, ago(minutes=1), 1000)
    report = evaluate_alerts(store=world.store, settings=settings, now=NOW)
    assert report.written["alerts"] == 1
    assert any("feed only" in sentence for sentence in report.sentences)
    assert read_targets(settings) == ([], [])
