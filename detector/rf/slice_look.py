"""One look at one slice: spectrum, floor, line-rate evidence, ambient signals. The whole per-hop work, in one place."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.rf.band_plan import BandPlan
from detector.rf.classifiers.link import LinkEvidence, find_link
from detector.rf.classifiers.template import SliceView
from detector.rf.emitters import SliceHit
from detector.rf.noise_floor import FloorTracker, slice_floor
from detector.rf.options import RfOptions
from detector.rf.signals import SignalFinder
from detector.rf.slope import SlopeMeter
from detector.rf.spectrum import Spectrum, power_spectrum
from detector.rf.video.carrier import carrier_fraction
from detector.rf.video.classifier import LineEvidence, VideoClassifier
from detector.rf.video.subbands import quick_bands
from detector.types import RadioSignal, SignalKind

__all__ = ["SliceAnalyser", "SliceLook"]

_GROUP = 16
_EDGE_DB = 3.0
_DC_BINS = 2
_CRYSTAL_Z, _CRYSTAL_FIELDS = 20.0, 4
_STANDS_OUT = 1.4
_BINS, _SHORT_BINS, _FEWEST_AVERAGES = 1024, 512, 3
"""Two periodograms averaged: noise puts seven bins a gapless pass 10 dB over the floor; four shorter ones: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceLook:
    """What a dwell on a slice showed.

    Attributes
    ----------
    spectrum : Spectrum
    floor : float
        Reference noise power per bin.
    snr_db : float
        Power in the usable part over the reference noise (0 for noise alone); -30 at least.
    evidence : LineEvidence or None
    signals : tuple of RadioSignal
        Empty where the slice may be video.
    link : LinkEvidence or None
        An OFDM link that fills the slice or part of it.
    refusals : mapping of str to int
        Why energy was not what the classifiers look for.
    t_ns, t_end_ns : int
    line_ppm : float or None
        Offset of the line rate, where there is one and the dwell holds a frame and more.
    carrier : float
        Part of the power in one coherent line, where there is a line rate.
    gain_db : float or None
        Tuner gain in force.
    view : SliceView or None
        Of a slice of the gapless pass: what its signals are found in.
    """

    spectrum: Spectrum
    floor: float
    snr_db: float
    evidence: LineEvidence | None
    signals: tuple[RadioSignal, ...]
    link: LinkEvidence | None
    refusals: Mapping[str, int]
    t_ns: int
    t_end_ns: int
    line_ppm: float | None = None
    carrier: float = 0.0
    gain_db: float | None = None
    view: SliceView | None = None

    def gain_scale(self, reference_db: float) -> float:
        """Return what brings powers of this look to those at another gain, so that levels compare; 1 without a gain."""
        return 1.0 if self.gain_db is None else float(10 ** ((reference_db - self.gain_db) / 10))


class SliceAnalyser:
    """Turns samples into a look; remembers only the noise floor.

    Parameters
    ----------
    options : RfOptions
    plan : BandPlan
    """

    def __init__(self, options: RfOptions, plan: BandPlan) -> None:
        self._options, self._plan = options, plan
        self._classifier = VideoClassifier(options)
        self._finder = SignalFinder(options)
        self._floors: dict[tuple[float | None, bool], FloorTracker] = {}
        self._slope = SlopeMeter()

    def look(
        self,
        samples: npt.NDArray[np.complex64],
        center_hz: float,
        sample_rate_hz: float,
        t_ns: int,
        gain_db: float | None = None,
        *,
        thorough: bool = False,
        gapless: bool = False,
    ) -> SliceLook:
        """Analyse a dwell.

        Parameters
        ----------
        samples : ndarray of complex64, shape (n,)
            Clipping only adds harmonics outside the test; the caller counts it.
        center_hz, sample_rate_hz : float
        t_ns : int
            Monotonic time of the first sample.
        gain_db : float, optional
            Tuner gain: each gain has a floor of its own.
        thorough : bool
            Search for digital links whatever the level (a confirm dwell, a recording): a slice that a link fills
            shows no floor of its own.
        gapless : bool
            A slice of the gapless pass, used to its edges: the filter's slope is taken out, and signals are left to
            `GaplessPass`, which knows the neighbours. One shorter than `RfOptions.least_dwell_s` is judged by its
            energy alone.
        """
        options = self._options
        quick = quick_bands(samples, sample_rate_hz, options.quick_limiter)
        view = self._view(samples, center_hz, sample_rate_hz, gain_db, quick.peak, gapless=gapless)
        spectrum, floor = view.spectrum, view.floor
        short = gapless and view.seconds < options.least_dwell_s
        evidence = None if short else self._classifier.classify(samples, sample_rate_hz, quick)
        video = evidence is not None and evidence.confidence >= options.inspect_confidence
        snr_db = float(10 * np.log10(max(float(view.excess.mean()) - 1, 1e-3)))
        refusals: Counter[str] = Counter()
        link = None if video or short else self._link(view, snr_db, refusals, thorough=thorough)
        signals: tuple[RadioSignal, ...] = ()
        if link is not None:
            signals = _named(link, snr_db, t_ns)
        elif not video and not gapless:
            signals = self._finder.find(view, t_ns, refusals)
        return SliceLook(
            spectrum=spectrum,
            floor=floor,
            snr_db=snr_db,
            evidence=evidence,
            signals=signals,
            link=link,
            refusals=refusals,
            t_ns=t_ns,
            t_end_ns=t_ns + round(len(samples) / sample_rate_hz * 1e9),
            line_ppm=None if evidence is None else _crystal_ppm(evidence),
            carrier=0.0 if evidence is None else carrier_fraction(view.lines, spectrum),
            gain_db=gain_db,
            view=view if gapless else None,
        )

    def _view(
        self,
        samples: npt.NDArray[np.complex64],
        center_hz: float,
        sample_rate_hz: float,
        gain_db: float | None,
        peak: float,
        *,
        gapless: bool,
    ) -> SliceView:
        """Spectrum and floor of a dwell, with the reference of the slices before it."""
        options = self._options
        bins = _BINS if len(samples) >= _FEWEST_AVERAGES * _BINS else _SHORT_BINS
        spectrum = power_spectrum(samples, center_hz, sample_rate_hz, bins)
        if gapless:
            spectrum = self._slope.flatten(spectrum)
        tracker = self._floors.setdefault((gain_db, gapless), FloorTracker())
        return SliceView(
            samples=samples,
            spectrum=spectrum,
            floor=tracker.update(slice_floor(spectrum, options.usable_fraction)),
            peak=peak,
            plan=self._plan,
            usable_fraction=1.0 if gapless else options.usable_fraction,
        )

    def _link(self, view: SliceView, snr_db: float, refusals: Counter[str], *, thorough: bool) -> LinkEvidence | None:
        """Search for a digital link where energy as wide as one stands out, or where the look is thorough."""
        options = self._options
        if not thorough and (snr_db < options.link_gate_db or _wide_hz(view) < options.link_width_hz):
            return None
        link, refusal = find_link(view, options, thorough=thorough)
        if refusal is not None and snr_db >= options.link_gate_db:
            refusals[refusal] += 1
        return link

    def hit(self, look: SliceLook, evidence: LineEvidence) -> SliceHit:
        """Return the look as a hit, with where in the slice its power lies.

        Edges are the outermost groups of 16 bins 3 dB above the floor; the whole usable part where there is none.
        """
        spectrum, part = look.spectrum, look.spectrum.usable(self._options.usable_fraction)
        inside = _without_dc(spectrum, self._options.usable_fraction, look.floor)
        above = np.clip(inside - look.floor, 0, None)
        groups = inside[: len(inside) // _GROUP * _GROUP].reshape(-1, _GROUP).mean(axis=1)
        over = np.flatnonzero(groups > look.floor * 10 ** (_EDGE_DB / 10))
        first, last = (over[0] * _GROUP, (over[-1] + 1) * _GROUP) if len(over) else (0, len(inside))
        weights = above if above.any() else np.ones(len(inside))
        centroid = float(np.average(np.arange(len(inside)), weights=weights))
        return SliceHit(
            center_hz=spectrum.center_hz,
            width_hz=spectrum.sample_rate_hz * self._options.usable_fraction,
            t_ns=look.t_ns,
            t_end_ns=look.t_end_ns,
            evidence=evidence,
            snr_db=look.snr_db,
            power=float(above.sum()) * look.gain_scale(self._options.gain_db),
            carrier=look.carrier,
            centroid_hz=spectrum.frequency_hz(part.start + centroid),
            low_hz=spectrum.frequency_hz(part.start + float(first)),
            high_hz=spectrum.frequency_hz(part.start + float(last)),
            line_ppm=look.line_ppm,
        )


def _crystal_ppm(evidence: LineEvidence) -> float | None:
    """Offset of the line rate, the fingerprint of a camera's crystal; None of a dwell too short or too weak for it."""
    long = evidence.fields is not None and evidence.fields.fields >= _CRYSTAL_FIELDS
    plain = long and evidence.lines.z >= _CRYSTAL_Z
    return evidence.clock_ppm if plain else None


def _wide_hz(view: SliceView) -> float:
    """Width of the groups of 16 bins that stand out."""
    groups = view.excess[: len(view.excess) // _GROUP * _GROUP].reshape(-1, _GROUP).mean(axis=1)
    return float(np.count_nonzero(groups > _STANDS_OUT) * _GROUP * view.spectrum.bin_hz)


def _named(link: LinkEvidence, snr_db: float, t_ns: int) -> tuple[RadioSignal, ...]:
    """The ambient signal that a link is, none for one to look at."""
    if not isinstance(link.kind, SignalKind):
        return ()
    middle_hz = (link.occupied.low_hz + link.occupied.high_hz) / 2
    width_hz = link.occupied.width_hz
    return (RadioSignal(kind=link.kind, freq_hz=middle_hz, bandwidth_hz=width_hz, snr_db=snr_db, last_t_ns=t_ns),)


def _without_dc(spectrum: Spectrum, usable_fraction: float, floor: float) -> npt.NDArray[np.float64]:
    """Usable bins (float64), the receiver's own spike in the middle taken down to the floor."""
    part = spectrum.usable(usable_fraction)
    inside: npt.NDArray[np.float64] = spectrum.density[part].astype(float)
    middle = len(spectrum.density) // 2 - part.start
    inside[middle - _DC_BINS : middle + _DC_BINS + 1] = floor
    return inside
