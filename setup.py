"""Puts notebooks, dashboards and documentation into the wheel, beside the code; everything else is in pyproject.toml."""

from pathlib import Path
from shutil import copytree, ignore_patterns

from setuptools import setup
from setuptools.command.build_py import build_py

LAID_OUT = ("notebooks", "dashboards", "docs")
LEFT_OUT = ignore_patterns("own", "analyses", "__pycache__", ".ipynb_checkpoints", "*.pyc")


class BuildWithNotebooks(build_py):
    """Copies the folders that people look into."""

    def run(self) -> None:
        """Build the packages, then add the folders; an editable installation has them beside it."""
        super().run()
        if not self.editable_mode:
            for folder in LAID_OUT:
                target = Path(self.build_lib) / "smartmoney" / "share" / folder
                copytree(folder, target, dirs_exist_ok=True, ignore=LEFT_OUT)


setup(cmdclass={"build_py": BuildWithNotebooks})
