"""Addresses are checked, named without giving a secret away, and refused when they lead inside."""

from __future__ import annotations

import pytest

from smartmoney.alerts.sending import redacted
from smartmoney.alerts.targets import leads_inside, read_targets
from smartmoney.settings import Settings, load

TOKEN = "sekret-token-7h15"
DISCORD = f"discord://123456789012345678/{TOKEN}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"


def with_urls(*urls: str) -> Settings:
    return load(alert_urls=" ".join(urls))


def test_labels_are_names_or_give_nothing_away() -> None:
    targets, problems = read_targets(
        with_urls(f"json://ada:{TOKEN}@8.8.8.8/hook", f"phone={DISCORD}")
    )
    assert problems == []
    assert [target.service for target in targets] == ["JSON", "Discord"]
    assert targets[1].label == "phone"
    assert targets[0].label.startswith("json-")
    assert TOKEN not in repr(targets)
    again, _ = read_targets(with_urls(f"phone={DISCORD}", f"json://ada:{TOKEN}@8.8.8.8/hook"))
    assert {target.label for target in again} == {target.label for target in targets}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"nonsense-{TOKEN}", "Address 1 of ALERT_URLS is no address"),
        (f"jsn://{TOKEN}.example/x", "Apprise cannot use"),
        (f"discord://{TOKEN}", "Apprise cannot use"),
        (f"json://127.0.0.1/{TOKEN}", "leads to this machine"),
        (f"json://localhost/{TOKEN}", "leads to this machine"),
        (f"json://[::1]/{TOKEN}", "leads to this machine"),
        (f"json://[::ffff:10.0.0.1]/{TOKEN}", "leads to this machine"),
        (f"json://2130706433/{TOKEN}", "leads to this machine"),
        (f"json://0x7f000001/{TOKEN}", "leads to this machine"),
        (f"json://169.254.169.254/{TOKEN}", "leads to this machine"),
        (f"jsons://10.1.2.3/{TOKEN}", "leads to this machine"),
        (
            f"mailto://ada:{TOKEN}@example.com?smtp=192.168.1.1&to=a@example.com",
            "leads to this machine",
        ),
        ("syslog://", "is no address"),
        ("syslog://local7", "tells only this machine"),
        (f"mailto://ada:{TOKEN}@example.com?to=a@example.com,b@example.com", "has 2 receivers"),
    ],
)
def test_a_wrong_address_is_refused_without_being_shown(url: str, words: str) -> None:
    targets, problems = read_targets(with_urls(url, f"phone={DISCORD}"))
    assert [target.label for target in targets] == ["phone"]
    assert len(problems) == 1
    assert words in problems[0]
    assert TOKEN not in problems[0]


def test_the_same_label_twice_is_refused() -> None:
    targets, problems = read_targets(with_urls(f"phone={DISCORD}", f"phone={DISCORD}b"))
    assert len(targets) == 1
    assert "phone twice" in problems[0]


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("8.8.8.8", False),
        ("1.1.1.1", False),
        ("0.0.0.0", True),
        ("224.0.0.1", True),
        ("100.64.0.1", True),
        ("2606:4700::1111", False),
        ("fe80::1", True),
        ("fc00::1", True),
        ("2002:7f00:1::", True),
        ("64:ff9b::a00:1", True),
        ("no-such-name.invalid", False),
    ],
)
def test_what_counts_as_inside(host: str, inside: bool) -> None:
    assert leads_inside(host) is inside


def test_parts_of_an_address_are_taken_out_of_errors() -> None:
    url = f"jsons://ada:{TOKEN}@hooks.example.com/path/to%2Fit?+Auth=Bearer%20abcd1234"
    said = f"Failed to send to hooks.example.com: {TOKEN.upper()} path abcd1234 error=500"
    assert redacted(said, url) == "Failed to send to …: … … … error=500"
