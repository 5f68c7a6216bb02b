"""What a run says at GitHub and GitLab: escaped, the worst first, beside the prompt, and no more than is shown."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_videobench.cli import main
from pytest_videobench.gate.decision import Decision, Effect
from pytest_videobench.report.annotations import LEVELS, MOST, Annotation, annotations_of, github, gitlab
from tests.unit.rows import finding, row, runs, without_clip

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytest_videobench.gate.judge import GateVerdict
    from pytest_videobench.gate.row import Row

PROMPTS = """[style]
name = "tiny"

[[prompt]]
id = "fox"

[[prompt]]
  id  =  'owl'
# id = "crow"
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "suites" / "tiny"
    folder.mkdir(parents=True)
    (folder / "prompts.toml").write_text(PROMPTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def failing(prompt: str = "fox", roll: int = 0, severity: float = 0.5, **fields: Any) -> Row:
    fields = {"problems": [f"freeze at 1.00 s: severity {severity}"], **fields}
    return row(prompt, roll, finding(severity=severity), **fields)


def effect(endpoint: str = "defect:freeze", **fields: Any) -> Effect:
    numbers = {"baseline": 0.0, "candidate": 0.2, "worse_by": 0.2, "low": 0.1, "high": 0.3, "margin": 0.125}
    words = {"title": endpoint.partition(":")[2], "unit": "1", "dimension": "temporal", "state": "worse"}
    return Effect(
        **{"endpoint": endpoint, "p": 0.01, "p_better": 1.0, "prompts": 23, **numbers, **words, **fields}
    )


def decision(verdict: GateVerdict = "fail", *effects: Effect, **fields: Any) -> Decision:
    changes = {"new": 1, "known": 0, "flaky": 0, "fixed": 0}
    numbers: dict[str, Any] = {
        "prompts": 23,
        "rolls": 3,
        "baseline_rolls": 3,
        "look": 1,
        "looks": (3, 5),
        "rate": 0.05,
    }
    names = {"baseline": "drawn@one", "candidate": "drawn@two", "changes": changes}
    return Decision(**{"verdict": verdict, **names, **numbers, "effects": effects, **fields})


def said(
    rows: Sequence[Row], root: Path, gate: Decision | None = None, **about: Any
) -> tuple[Annotation, ...]:
    record = {"gate": gate.to_json()} if gate else {}
    return annotations_of(rows, {"planned": len(rows), **record, **about}, root)


def test_a_prompt_is_annotated_once_in_its_line_with_what_each_roll_has(root: Path) -> None:
    one, two = failing("owl", 0), failing("owl", 2)
    (found,) = said([one, row("owl", 1), two, row("fox", 0)], root)
    assert (found.level, found.file, found.line) == ("error", "suites/tiny/prompts.toml", 8)
    assert found.title == "tiny/owl by drawn@one: 2 of 3 fail"
    assert found.message.splitlines() == [f"roll {n}: freeze at 1.00 s: severity 0.5" for n in (0, 2)]


def test_an_error_is_named_by_its_kind_and_is_no_failure(root: Path) -> None:
    (found,) = said([without_clip("fox", 0), failing("fox", 1)], root)
    assert found.title == "tiny/fox by drawn@one: 1 of 2 fail and 1 of 2 could not be judged"
    assert found.message.splitlines()[0] == "roll 0: backend: no clip came"


def test_a_prompt_that_no_line_names_and_a_suite_that_is_not_here_have_no_wrong_line(root: Path) -> None:
    assert said([failing("crow")], root)[0].line == 1
    elsewhere = failing(nodeid="../lib/suites/tiny/test_tiny.py::test_tiny[fox]")
    assert said([elsewhere], root)[0].file == ""
    assert "file=" not in next(github(said([elsewhere], root)))


def test_paths_are_written_as_seen_from_here(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root.parent)
    assert said([failing()], root)[0].file == f"{root.name}/suites/tiny/prompts.toml"


def test_the_prompts_that_fail_most_often_and_worst_come_first(root: Path) -> None:
    rows = [failing("a", 0), row("a", 1), failing("b", 0, 0.2), failing("c", 0, 0.9)]
    assert [a.subject.split("/")[1] for a in said(rows, root)] == ["c", "b", "a"]


def test_a_run_without_fault_says_nothing(root: Path) -> None:
    assert said([row("fox", 0), row("owl", 0)], root) == ()
    assert json.loads(gitlab((), "x")) == []


def test_a_run_that_was_stopped_says_so(root: Path) -> None:
    (found,) = said([row()], root, planned=4)
    assert (found.level, found.message) == ("warning", "1 of 4 cases reported; the run was stopped.")


def test_a_gate_that_fails_comes_first_and_blames_what_is_new(root: Path) -> None:
    rows = [failing("fox", change="known"), failing("owl", 0, 0.1, change="new"), row("owl", 1)]
    worse = effect(styles={"tiny": 0.3, "vast": 0.1})
    found = said(rows, root, decision("fail", worse, effect("metric:si", state="within")))
    assert [(a.level, a.check) for a in found] == [
        ("error", "gate"),
        ("error", "gate"),
        ("error", "prompt"),
        ("warning", "prompt"),
    ]
    assert found[0].title == "videobench gate: fail"
    assert "drawn@two against drawn@one" in found[0].message
    assert found[1].title == "worse than drawn@one: freeze"
    assert found[1].file == "suites/tiny/prompts.toml"
    assert found[1].message.endswith("worst in tiny.")
    assert "tiny/owl" in found[2].title
    assert "(new)" in found[2].message


@pytest.mark.parametrize(("verdict", "level"), [("inconclusive", "warning"), ("pass", "notice")])
def test_a_gate_that_does_not_fail_makes_no_error_of_its_cases(
    root: Path, verdict: GateVerdict, level: str
) -> None:
    found = said([failing("fox", change="new")], root, decision(verdict, effect(state="undecided")))
    assert {(a.check, a.level) for a in found} == {("gate", level), ("prompt", "warning")}


def test_no_more_is_written_than_github_shows_and_the_rest_is_counted(root: Path) -> None:
    lines = list(github(said([failing(f"p{n}") for n in range(25)], root)))
    assert len(lines) == MOST
    assert lines[-1] == "::error title=videobench::… and 16 more, in the report of the run"
    assert len(list(github(said([failing(f"p{n}") for n in range(10)], root)))) == MOST


def test_a_long_message_is_cut_and_says_so(root: Path) -> None:
    lines = said([failing(problems=[f"problem {n}" for n in range(40)])], root)[0].message.splitlines()
    assert len(lines) == 12
    assert lines[-1] == "… and 29 more lines, in the report of the run"


def test_workflow_commands_are_escaped(root: Path) -> None:
    note = Annotation(
        level="error", check="x", subject="x", title="a: b, 5 %", message="50 %\r\nof: all, ::error::x"
    )
    assert list(github([note])) == ["::error title=a%3A b%2C 5 %25::50 %25%0D%0Aof: all, ::error::x"]


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """Read a workflow command as GitHub's runner does: by the second pair of colons, commas, and escapes."""
    command, message = re.fullmatch(r"::(.*?)::(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]  # or it fails
    level, _, text = command.partition(" ")
    escapes = {"%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}

    def plain(value: str) -> str:
        return re.sub("%(25|0D|0A|3A|2C)", lambda match: escapes[match[0]], value)

    return level, {n: plain(v) for n, _, v in (p.partition("=") for p in text.split(","))}, plain(message)


any_text = st.text(st.sampled_from("ab%:,\r\n25DA3C=é ") | st.characters(codec="utf-8"), max_size=30)


@given(
    st.lists(
        st.builds(
            Annotation,
            level=st.sampled_from(LEVELS),
            check=any_text,
            subject=any_text,
            title=any_text,
            message=any_text,
            file=any_text,
            line=st.integers(1, 9),
        ),
        max_size=9,
    )
)
def test_whatever_is_said_arrives_as_it_was(notes: list[Annotation]) -> None:
    lines = list(github(sorted(notes, key=lambda note: LEVELS.index(note.level))))
    assert not any("\n" in line or "\r" in line for line in lines)
    for note, line in zip(sorted(notes, key=lambda note: LEVELS.index(note.level)), lines, strict=True):
        level, properties, message = parsed(line)
        assert (level, properties["title"], message) == (note.level, note.title, note.message)
        assert properties.get("file", "") == note.file


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(runs())
def test_any_run_can_be_annotated_for_both(root: Path, rows: list[Row]) -> None:
    found = said(rows, root)
    levels = [LEVELS.index(a.level) for a in found]
    assert levels == sorted(levels)
    assert {a.subject for a in found if a.check == "prompt"} == {
        f"{r.style}/{r.prompt}/{r.backend}" for r in rows if r.verdict in ("fail", "error")
    }
    for entry in json.loads(gitlab(found, "index.html")):
        assert entry.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert entry["location"]["path"]
        assert entry["location"]["lines"]["begin"] >= 1


def test_gitlab_knows_a_thing_again_whatever_its_numbers_are(root: Path) -> None:
    def fingerprints(rows: list[Row], gate: Decision) -> list[str]:
        return [entry["fingerprint"] for entry in json.loads(gitlab(said(rows, root, gate), "x"))]

    first = fingerprints([failing(severity=0.4)], decision("fail", effect()))
    again = fingerprints([failing(severity=0.9), failing("fox", 1)], decision("fail", effect(candidate=0.7)))
    assert first == again
    assert len(set(first)) == 3


@pytest.fixture
def report(root: Path) -> Path:
    folder = root / "videobench-report"
    folder.mkdir()
    lines = [json.dumps(r.to_json()) + "\n" for r in (failing("fox"), row("owl"))]
    (folder / "rows.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "run.json").write_text('{"planned": 2}', encoding="utf-8")
    (folder / "summary.md").write_text("## videobench: fail\n", encoding="utf-8")
    return folder


def test_the_command_prints_each_format(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate"]) == 0
    assert capsys.readouterr().out.startswith(
        "::error file=suites/tiny/prompts.toml,line=5,title=tiny/fox by "
    )
    assert main(["annotate", str(report), "--format", "gitlab"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["location"] == {
        "path": "suites/tiny/prompts.toml",
        "lines": {"begin": 5},
    }
    assert main(["annotate", "--format", "markdown"]) == 0
    assert capsys.readouterr().out == "## videobench: fail\n"


def test_of_a_test_that_ran_twice_the_last_row_counts_and_half_a_line_does_not(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = json.dumps(replace(failing("fox"), verdict="pass").to_json())
    with (report / "rows.jsonl").open("a", encoding="utf-8") as file:
        file.write(f'{later}\n{{"key": "tiny/')
    assert main(["annotate"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("run.json", None, "run.json: No such file or directory; name the folder of a run's report"),
        ("run.json", "[]", "run.json: is no record of a run"),
        ("run.json", "{", "run.json: cannot be read"),
        ("rows.jsonl", "{}\n", "rows.jsonl: cannot be read (row version None: expected 1)"),
    ],
)
def test_what_is_no_report_is_one_line(
    report: Path, capsys: pytest.CaptureFixture[str], name: str, text: str | None, told: str
) -> None:
    if text is None:
        (report / name).unlink()
    else:
        (report / name).write_text(text, encoding="utf-8")
    assert main(["annotate"]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
