"""What moves between two versions of the code: the comparison, its sentences, the revision, and both through the door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smartmoney.errors import ParameterError, RecordingError
from smartmoney.layout import CODE
from smartmoney.store.scores.standings import Standing
from smartmoney.supervise.data_diff import both, data_diff
from smartmoney.supervise.moved import compare
from smartmoney.supervise.moved_words import LISTED, sentences
from smartmoney.supervise.revision import Tree, laid_out, working_tree
from tests.kit.commands import Run
from tests.kit.git import commit, git

NAMES = ("HEAD~1", "the working tree")
SAME = {"rows": "1", "markets": "2", "ledger": "3"}


def standing(rows: int = 3, digests: dict[str, str] | None = None, **columns: Any) -> Standing:
    found = {
        "id": 1,
        "tier": "C",
        "flags": [],
        "coverage": "complete",
        "realized_pnl": 5.0,
        "unrealized_pnl": 1.0,
        "total_pnl": 6.0,
        "win_rate": 0.5,
        "skill_prob": 0.9,
        "updated_at": "2026-01-01",
    }
    return Standing(rows, SAME | (digests or {}), found | columns)


def lines(before: dict[str, Standing], after: dict[str, Standing], whole: bool = True) -> str:
    return "\n".join(sentences(compare(before, after), NAMES, whole))


def test_nothing_moved_whatever_was_numbered_otherwise() -> None:
    found = lines({"0xa": standing()}, {"0xa": standing(id=7, updated_at="2026-02-02")})
    assert "1 wallet with 3 rows; before: HEAD~1, after: the working tree." in found
    assert "Nothing moved" in found and "moved, by" not in found


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (
            standing(digests={"ledger": "9"}, realized_pnl=7.5, total_pnl=8.5),
            "0xa $6.00 -> $8.50 (+$2.50, ledger)",
        ),
        (standing(total_pnl=None), "0xa $6.00 -> unknown (measures)"),
        (standing(realized_pnl=4.0), "0xa $5.00 -> $4.00 (-$1.00, measures)"),
        (standing(tier="A"), "0xa C -> A (score)"),
        (standing(tier=None), "0xa C -> none (score)"),
        (
            standing(flags=["BOT"], digests={"rows": "9", "ledger": "9"}),
            "0xa +BOT (rows stored)",
        ),
        (standing(flags=["BOT"]), "Flags of 1 wallet moved: BOT 0 -> 1, none 1 -> 0."),
        (
            standing(coverage="partial"),
            "Coverage of 1 wallet moved: complete 1 -> 0, partial 0 -> 1.",
        ),
        (standing(win_rate=0.25), "Other numbers that moved: win_rate of 1."),
        (standing(digests={"markets": "9"}), "No number moved of 1 of them."),
        (standing(skill_prob=0.1), "by the first stage that differs: score 1."),
        (standing(win_rate=None), "by the first stage that differs: measures 1."),
    ],
)
def test_each_move_is_named_with_its_stage(after: Standing, says: str) -> None:
    found = lines({"0xa": standing()}, {"0xa": after})
    assert says in found and "Nothing moved" not in found


def test_what_became_known_is_no_gain() -> None:
    found = lines({"0xa": standing(total_pnl=None)}, {"0xa": standing()})
    assert "PnL of 1 wallet moved; of 1 it is known now:" in found and "in all" not in found


def test_wallets_and_measures_of_one_version_only_are_named() -> None:
    found = lines({"0xa": standing(), "0xb": standing()}, {"0xa": standing(payoff=1.5)})
    assert "Only before: 1 wallet." in found
    assert "Not compared, as only one version has it: payoff." in found


def test_lists_are_cut_and_say_so() -> None:
    before = {f"0x{n:040x}": standing() for n in range(LISTED + 5)}
    after = {name: standing(total_pnl=float(n)) for n, name in enumerate(before)}
    found = lines(before, after, whole=False)
    assert "  and 4 more" in found and "0x0000…000c $6.00 -> $12.00" in found
    assert "0x" + "0" * 38 not in found
    assert "more" not in lines(before, after)


def test_a_rounding_of_the_last_place_is_no_move() -> None:
    found = lines({"0xa": standing()}, {"0xa": standing(win_rate=0.5 + 1e-16, skill_prob=0.9)})
    assert "Nothing moved" in found


def test_a_revision_is_laid_out_and_taken_away(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    first = commit(repository, "one")
    commit(repository, "two")
    (repository / "file.txt").write_text("three")
    with laid_out("HEAD~1", repository) as tree:
        assert (tree.folder / "file.txt").read_text() == "one"
        assert tree.name == f"HEAD~1 ({first[:9]})" and tree.commit == first
        folder = tree.folder
    assert not folder.exists() and len(git(repository, "worktree", "list").splitlines()) == 1
    assert working_tree(repository).name.endswith(" with 1 file that git does not have so)")


def test_what_git_does_not_know_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = tmp_path / "repository"
    commit(repository, "one")
    for revision in ("nowhere", "--help", "HEAD~5", "HEAD:file.txt"):
        with (
            pytest.raises(ParameterError, match="git knows no revision"),
            laid_out(revision, repository),
        ):
            pass
    (tmp_path / "plain").mkdir()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with (
        pytest.raises(ParameterError, match="not a git repository"),
        laid_out("HEAD", tmp_path / "plain"),
    ):
        pass
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ParameterError, match="git is not installed"), laid_out("HEAD", repository):
        pass


def test_without_real_rows_it_says_what_to_name(smartmoney: Run, tmp_path: Path) -> None:
    done = smartmoney("diff", "HEAD")
    assert done.returncode == 2 and "set REALDATA to them" in done.stderr
    done = smartmoney("diff", "HEAD", REALDATA=str(tmp_path / "nowhere"))
    assert done.returncode == 2 and "There is no recording at" in done.stderr


TABLE = """wallet,time,market,outcome,side,size,price
0x00000000000000000000000000000000000000aa,2026-02-02 10:00:00Z,Rain?,Yes,Buy,10,0.4
0x00000000000000000000000000000000000000aa,2026-02-03 10:00:00Z,Rain?,Yes,Sell,10,0.6
0x00000000000000000000000000000000000000bb,2026-02-02 10:00:00Z,Rain?,No,Buy,10,0.6
"""
PLANTED = """
from smartmoney.metrics.thresholds import FLAG_THRESHOLDS
object.__setattr__(FLAG_THRESHOLDS, "farm_positions", 1)
object.__setattr__(FLAG_THRESHOLDS, "farm_price", 0.5)
"""


def test_both_versions_go_through_the_door(tmp_path: Path) -> None:
    """Here with another threshold in a version laid over ours, so that its wallets of 60 cents count as sweepers."""
    tmp_path.chmod(0o755)
    (tmp_path / "rows.csv").write_text(TABLE)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "sitecustomize.py").write_text(PLANTED)
    heard: list[str] = []
    before, after = both(
        Tree(CODE, "ours"),
        Tree(tmp_path / "other", "planted"),
        tmp_path / "rows.csv",
        tmp_path,
        heard.append,
    )
    found = lines(before, after)
    assert "2 wallets with 3 rows" in found and any(line.startswith("after: ") for line in heard)
    assert "1 wallet moved, by the first stage that differs: measures 1." in found
    assert "0x00000000000000000000000000000000000000bb +FARM (measures)" in found
    assert before["0x00000000000000000000000000000000000000aa"].columns["realized_pnl"] == 2


def test_a_version_that_cannot_take_it_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "rows.csv").write_text("nothing")
    with pytest.raises(RecordingError, match="The code of ours did not take the recording: "):
        both(Tree(CODE, "ours"), Tree(CODE, "ours"), tmp_path / "rows.csv", tmp_path, print)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_head_and_the_working_tree_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The revision is compiled from nothing, which takes a minute or more."""
    if not (CODE / ".git").exists():
        pytest.skip("this checkout has no git repository")
    monkeypatch.setattr("smartmoney.supervise.data_diff.state_folder", lambda: tmp_path / "state")
    (tmp_path / "rows.csv").write_text(TABLE)
    for _ in range(2):  # the second time what was found of the commit is read again
        found = data_diff("HEAD", [tmp_path / "rows.csv"], print)
        if working_tree().name.endswith(" so)"):
            pytest.skip("the working tree differs from HEAD")
        assert any(line.startswith("Nothing moved") for line in found)
