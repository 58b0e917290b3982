"""Certificates that vouch for themselves, made by openssl for a test."""

from __future__ import annotations

import subprocess
from pathlib import Path


def self_signed(key: Path, certificate: Path, *names: str) -> None:
    """Write a key and the certificate of it for some host names, good for two days."""
    alternative = ",".join(f"DNS:{name}" for name in names)
    kind = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={names[0]}",
    ]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(
        ["openssl", *kind, "-addext", f"subjectAltName={alternative}", *files],
        check=True,
        capture_output=True,
    )
