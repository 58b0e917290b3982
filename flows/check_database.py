"""`python -m flows.check_database`: can Prefect's server use the database whose address is on its standard input?

Prefect connects through SQLAlchemy and asyncpg, which know other query parameters than libpq does.
"""

from __future__ import annotations

import asyncio
import sys

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

SECONDS = 10


async def connect(url: str) -> None:
    """Connect once.

    Raises:
        Exception: whatever SQLAlchemy, asyncpg or the server object to.
    """
    engine = create_async_engine(url, connect_args={"timeout": SECONDS})
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))
    finally:
        await engine.dispose()


def main() -> int:
    """Exit status 0 when it can, else 1 with the reason on standard output."""
    try:
        asyncio.run(connect(sys.stdin.read().strip()))
    except Exception as error:
        reason = str(getattr(error, "orig", None) or error) or type(error).__name__
        print(reason.splitlines()[0])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
