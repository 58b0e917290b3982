"""Tests of smartmoney."""

import pytest

pytest.register_assert_rewrite("tests.kit")
