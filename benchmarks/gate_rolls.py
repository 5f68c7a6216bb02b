"""Does the gate let the same model pass, and catch the flawed one? On real rows, by drawing other rolls.

    pytest suites -n 2 --vb-rolls 12 --vb-report=pool/reference
    pytest suites -n 2 --vb-rolls 6 --vb-backend procedural:flawed --vb-report=pool/flawed
    python benchmarks/gate_rolls.py pool/reference pool/flawed

Baseline and candidate are three rolls each of the first run, never the same, drawn anew for every repetition;
then three rolls of the second run are held against three of the first.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from pytest_videobench.gate.decision import Decision, decide
from pytest_videobench.gate.margins import read_margins
from pytest_videobench.gate.rows import read_rows
from pytest_videobench.gate.sample import Sample, samples_of

SEED = 7


def main() -> None:
    """Print how often which verdict was given, and what was named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("reference", type=Path, help="report of many rolls of one model")
    parser.add_argument("flawed", type=Path, help="report of another")
    parser.add_argument("--repetitions", type=int, default=100)
    parser.add_argument("--rolls", type=int, default=3)
    args = parser.parse_args()
    reference, flawed = _samples(args.reference), _samples(args.flawed)
    source = np.random.default_rng(SEED)
    rolls = sorted({sample.roll for sample in reference})
    if len(rolls) < 2 * args.rolls:
        parser.error(f"{args.reference} has {len(rolls)} rolls a prompt; {2 * args.rolls} are needed")
    same, other = [], []
    for _ in range(args.repetitions):
        drawn = source.permutation(rolls)
        base = _drawn(reference, drawn[: args.rolls].tolist())
        same.append(_decided(base, _drawn(reference, drawn[args.rolls : 2 * args.rolls].tolist())))
        worse = source.permutation(sorted({sample.roll for sample in flawed}))[: args.rolls].tolist()
        other.append(_decided(base, _drawn(flawed, worse)))
    _told("the same model, other rolls", same)
    _told("the flawed model", other)
    _named(other, flawed)


def _samples(folder: Path) -> list[Sample]:
    return list(samples_of(read_rows(folder)))


def _drawn(samples: list[Sample], rolls: list[int]) -> list[Sample]:
    return [sample for sample in samples if sample.roll in rolls]


def _decided(base: list[Sample], candidate: list[Sample]) -> Decision:
    return decide(base, candidate, read_margins())


def _told(title: str, found: list[Decision]) -> None:
    verdicts = Counter(decision.verdict for decision in found)
    print(f"{title}: {found[0].prompts} prompts, {len(found)} repetitions")
    for verdict in ("pass", "inconclusive", "fail"):
        share = binomtest(verdicts[verdict], len(found)).proportion_ci(0.95, "exact")
        print(f"  {verdict:13}{verdicts[verdict]:5}   {100 * share.low:.1f}–{100 * share.high:.1f} %")


def _named(found: list[Decision], flawed: list[Sample]) -> None:
    """Print how often each kind that fails clips was proved, or named as seen and too rare."""
    clips = Counter(kind for sample in flawed for kind in sample.defects)
    print("kinds that fail clips of it   clips   proved   named at all")
    for kind, number in clips.most_common():
        effects = [e for d in found for e in d.effects if e.endpoint == f"defect:{kind}"]
        proved = sum(effect.state in ("worse", "tolerated") for effect in effects)
        named = sum(bool(effect.candidate) for effect in effects)
        print(f"  {kind:26}{100 * number / len(flawed):7.1f} %{proved:8}{named:11}")


if __name__ == "__main__":
    main()
