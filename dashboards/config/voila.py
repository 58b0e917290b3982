"""Configuration of Voilà for our pages. Voilà reads it by `--Voila.config_file_paths=dashboards/config`.

Voilà goes on with its open defaults when a configuration cannot be read; ours ends it instead.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
try:
    from pages_server import configure

    configure(get_config())  # noqa: F821
except Exception as error:  # noqa: BLE001
    raise SystemExit(
        f"The dashboards cannot be configured: {type(error).__name__}: {error}"
    ) from error
