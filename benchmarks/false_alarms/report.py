"""What the records say, in a few tables."""

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
from scipy.stats import chi2

from benchmarks.false_alarms.estimate import (
    HOURS,
    Rate,
    air_rate,
    distribution_free,
    noise_rate,
)
from benchmarks.false_alarms.records import Ask, Find, Glance, LookRecord, Noise, Session
from benchmarks.false_alarms.skies import CHAPTER_S
from benchmarks.false_alarms.sweeps import SPAN_HZ
from benchmarks.false_alarms.tails import QUANTILES, pareto_tail
from detector.rf.options import RfOptions
from detector.types import AlertKind

__all__ = ["Estimate", "estimate", "print_report"]

_SEED = 20261127
Looks = list[tuple[Ask, LookRecord]]


class Estimate(msgspec.Struct, frozen=True):
    """Alerts per 100 hours: by chance, from what is on the air, both; and what ordinary sweeping counted.

    Attributes
    ----------
    noise, air, total : Rate
    first : Rate
        First confirmations by what is on the air.
    counted, swept_h : int, float
    """

    noise: Rate
    air: Rate
    total: Rate
    first: Rate
    counted: int
    swept_h: float


def estimate(
    options: RfOptions,
    sessions: Sequence[Session],
    glances: Sequence[Glance],
    noise: Sequence[Noise],
    session_h: float,
) -> Estimate:
    """Put the factors together for a sense that remembers for `session_h` hours."""
    rng = np.random.default_rng(_SEED)
    swept_h = sum(session.swept_s for session in sessions) / 3600
    zones = (SPAN_HZ[1] - SPAN_HZ[0]) / (2 * options.merge_hz)
    quiet = sum(session.looks_quiet for session in sessions) / swept_h
    hits, trials = sum(unit.confirmed for unit in noise), sum(unit.looks or len(unit.z) for unit in noise)
    chance = noise_rate(quiet, hits, trials, session_h, zones, rng)
    first, both, _ = distribution_free(sessions, glances, rng)
    air = air_rate(glances, options.merge_hz, rng)
    if air.value == 0:
        air = Rate(0.0, both.upper)
    return Estimate(
        noise=chance,
        air=air,
        total=Rate(chance.value + air.value, chance.upper + air.upper),
        first=first,
        counted=sum(find.listed == "alert" for session in sessions for find in session.finds),
        swept_h=swept_h,
    )


def print_report(
    options: RfOptions,
    sessions: Sequence[Session],
    glances: Sequence[Glance],
    noise: Sequence[Noise],
    session_h: float,
) -> None:
    """Print everything."""
    looks = [(ask, look) for glance in glances for ask in glance.asks for chain in ask.chains for look in chain]
    _counted(sessions, glances)
    _strata(looks)
    found = estimate(options, sessions, glances, noise, session_h)
    rng = np.random.default_rng(_SEED)
    _, _, trials = distribution_free(sessions, glances, rng)
    cpu_s = [sum(unit.cpu_s for unit in units) for units in (sessions, glances, noise)]
    print(f"\nCPU: sweeps {cpu_s[0]:.0f} s, glances {cpu_s[1]:.0f} s, noise {cpu_s[2]:.0f} s")
    noisy = sum(len(unit.z) for unit in noise)
    print(
        f"\nlooks on the air: {len(looks)} under {len(glances)} skies (worth {trials:.0f} independent); noise: {noisy}"
    )
    print(f"\n| alerts per 100 hours, sessions of {session_h:g} h | estimate |\n|---|---|")
    print(f"| chance (noise) | {found.noise} |\n| what is on the air | {found.air} |\n| both | {found.total} |")
    print(f"| first confirmations by what is on the air | {found.first} |")
    _tails(options, looks, noise, sessions)
    _check(options, sessions, glances, noise)


def _counted(sessions: Sequence[Session], glances: Sequence[Glance]) -> None:
    hours = sum(session.swept_s for session in sessions) / 3600
    air, quiet = (sum(getattr(unit, name) for unit in sessions) for name in ("looks_air", "looks_quiet"))
    skies = sum(round(session.swept_s / CHAPTER_S) for session in sessions)
    print(f"Ordinary sweeps: {hours:.2f} h, {len(sessions)} sessions, {skies} skies")
    print(f"longer looks an hour: {air / hours:.0f} with something on the air, {quiet / hours:.0f} at noise")
    predicted = sum(_in_chapter(ask) for glance in glances for ask in glance.asks) / len(glances) * 3600 / CHAPTER_S
    print(f"(glances, that know no rests: {predicted:.0f} with something on the air)")
    finds = [find for session in sessions for find in session.finds]
    for listed in ("alert", "inspect"):
        count = sum(find.listed == listed for find in finds)
        high = chi2.ppf(0.95, 2 * count + 2) / 2 / hours
        print(f"{listed}: {count}, {count / hours:.2f} an hour (95 % below {high:.2f})")
    for find in [*finds, *(find for glance in glances for find in glance.finds)]:
        print(f"  {_told(find)}")


def _in_chapter(ask: Ask) -> float:
    return ask.visits * sum(map(len, ask.chains)) / len(ask.chains)


def _told(find: Find) -> str:
    near = ", ".join(find.on_air) or "nothing"
    return f"{find.listed} {find.kind} {find.mhz} MHz {find.confidence} at {find.t_s} s, on the air there: {near}"


def _strata(looks: Looks) -> None:
    """What asked, by service; how longer looks ended."""
    rows: dict[tuple[str, str], Counter[str]] = {}
    for ask, look in looks:
        row = rows.setdefault(("+".join(ask.on_air), ask.why), Counter())
        row["looks"] += 1
        row[look.kind or look.refusal or look.link or "no rhythm"] += 1
    print("\n| on the air | asked for | looks | ended as |\n|---|---|---|---|")
    for (reached, why), row in sorted(rows.items(), key=lambda item: -item[1]["looks"])[:25]:
        ends = ", ".join(f"{name} {count}" for name, count in row.most_common() if name != "looks")
        print(f"| {reached} | {why} | {row['looks']} | {ends} |")
    confident = [look for _, look in looks if look.confidence > 0]
    best = sorted(((look.confidence, ask.hz / 1e6, ask.on_air) for ask, look in looks), reverse=True)[:8]
    print(f"\nnot refused: {len(confident)} of {len(looks)}; the most confident:")
    for confidence, mhz, reached in best:
        print(f"  {confidence:.3g} at {mhz:.2f} MHz ({', '.join(reached)})")


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _tails(options: RfOptions, looks: Looks, noise: Sequence[Noise], sessions: Sequence[Session]) -> None:
    """Extrapolations to the lines that no look has passed; a look, and per 100 hours of first looks."""
    hours = sum(session.swept_s for session in sessions) / 3600
    air = sum(session.looks_air for session in sessions) / hours * HOURS
    quiet = sum(session.looks_quiet for session in sessions) / hours * HOURS
    uplink = str(AlertKind.CELLULAR_UPLINK)
    rows = (
        ("noise: line rate z", [z for unit in noise for z in unit.z], options.line_z, 1.0, quiet),
        (
            "on the air: log odds of video, not refused",
            [_logit(min(max(look.confidence, 1e-12), 0.9999)) for _, look in looks if look.confidence > 0],
            _logit(options.alert_confidence),
            sum(look.confidence > 0 for _, look in looks) / max(len(looks), 1),
            air,
        ),
        (
            "on the air: balance of harmonics, refused for it",
            [look.balance for _, look in looks if look.refusal == "few_harmonics" and look.balance is not None],
            options.harmonic_balance,
            sum(look.refusal == "few_harmonics" for _, look in looks) / max(len(looks), 1),
            air,
        ),
        (
            "street phones: level over the noise, dB",
            [look.snr_db for _, look in looks if look.link == uplink],
            options.uplink_near_db,
            sum(look.link == uplink for _, look in looks) / max(len(looks), 1),
            air,
        ),
    )
    print(
        "\n| tail (generalised Pareto) | values | line | threshold | shape | P a look | 95 % | looks per 100 h | 95 % |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, values, line, part, an_hour in rows:
        for quantile in QUANTILES:
            tail = pareto_tail(values, line, quantile) if len(values) > 1 else None
            if tail is None:
                print(f"| {name} | {len(values)} | {line:.2f} | {quantile} quantile | too few above it | | | | |")
                continue
            chance, upper = tail.chance * part, tail.upper * part
            print(
                f"| {name} | {len(values)} | {line:.2f} | {tail.threshold:.2f} ({tail.excesses}) | {tail.shape:.2f} "
                f"| {chance:.2g} | {upper:.2g} | {chance * an_hour:.2g} | {upper * an_hour:.2g} |"
            )


def _check(options: RfOptions, sessions: Sequence[Session], glances: Sequence[Glance], noise: Sequence[Noise]) -> None:
    """The estimate for the sessions that were swept beside what they counted."""
    session_h = float(np.mean([session.swept_s for session in sessions])) / 3600
    found = estimate(options, sessions, glances, noise, session_h)
    low = chi2.ppf(0.025, 2 * found.counted) / 2 if found.counted else 0.0
    high = chi2.ppf(0.975, 2 * found.counted + 2) / 2
    wanted = found.total.value * found.swept_h / HOURS
    print(f"\ncheck: ordinary sweeps raised {found.counted} alerts (95 % {low:.1f} to {high:.1f} expected),")
    print(f"the estimate for the same hours is {wanted:.3g}")
