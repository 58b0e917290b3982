"""`python -m smartmoney.jobs`: the live stream of trades, until told to stop; `smartmoney up` runs it when it is on."""

from __future__ import annotations

import logging
import signal
import sys
from types import FrameType

from smartmoney.errors import SettingError
from smartmoney.jobs.stream import watch_forever
from smartmoney.settings import get_settings


def main() -> None:
    """Watch; SIGTERM ends it in order, a wrong setting with a sentence."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        settings = get_settings()
        logging.basicConfig(
            level=settings.log_level, format="%(asctime)s %(levelname)s %(message)s"
        )
        watch_forever(settings)
    except SettingError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(0)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
