"""The lens sense: frames in, one report out."""

from collections import Counter

import numpy as np
import numpy.typing as npt

from detector.errors import InputError
from detector.lens.annotate import annotate, blank
from detector.lens.calibration.applied import HotPixelMender, LensCalibration
from detector.lens.chance import evidence_wanted
from detector.lens.cone import cone_evidence_wanted
from detector.lens.coverage import SweepTally
from detector.lens.differencing import SetMotions, difference_planes
from detector.lens.fitness import FitnessMeter
from detector.lens.glints import Glint, GlintFinder
from detector.lens.judgement import EvidenceWanted, Judgement, hold_back, judge, rejection, to_alert
from detector.lens.noise import NoiseModel, estimate_noise
from detector.lens.options import LensOptions
from detector.lens.people import PersonWatch
from detector.lens.registration import MotionChain, Registrar, map_points
from detector.lens.scoring import GlintModel, load_model
from detector.lens.spotter import Spotter, SpotView
from detector.lens.strobe import StrobeGrouper, StrobeSet
from detector.lens.tracking import SetMotion, Track, Tracker
from detector.lens.working import WorkingFrame, WorkingScale
from detector.types import AlertKind, CameraGeometry, Frame, GlintAlert, Phrase, Provenance, SenseReport

__all__ = ["LensSense"]


class LensSense:
    """Finds lenses by their glint in strobed frames.

    Parameters
    ----------
    options : LensOptions
    geometry : CameraGeometry
        Every frame must have its size.
    model : GlintModel, optional
        Coefficients of the score; the shipped ones when not given.
    calibration : LensCalibration, optional
        Of this camera in this mode; without one the geometry's black level stands, and the rings are taken to light
        the picture alike, and no size of a lens is ever stated.

    Notes
    -----
    Frames may come in any order of light, each with its own exposure. The report is computed when asked for.
    """

    name = "lens"

    def __init__(
        self,
        options: LensOptions,
        geometry: CameraGeometry,
        model: GlintModel | None = None,
        calibration: LensCalibration | None = None,
    ) -> None:
        calibration = calibration or LensCalibration()
        geometry = calibration.corrected(geometry)
        self._calibration = calibration
        self._options = options
        self._geometry = geometry
        self._mender = HotPixelMender(calibration.hot_yx, (geometry.height_px, geometry.width_px))
        self._scale = WorkingScale.of(geometry, options)
        factor = self._scale.factor
        self._balance_map = calibration.balance_map((geometry.height_px // factor, geometry.width_px // factor))
        self._px_per_deg = geometry.focal_px * float(np.radians(1.0))
        self._full_dn = float(2**geometry.bit_depth - 1)
        self._grouper = StrobeGrouper(round(options.set_span_ms * 1e6))
        self._registrar = Registrar(options, geometry)
        self._chain = MotionChain()
        self._finder = GlintFinder(options, self._scale, geometry.black_level_dn, self._full_dn)
        self._tracker = Tracker(options, self._px_per_deg, (geometry.height_px, geometry.width_px))
        self._people = PersonWatch(options, self._px_per_deg)
        self._tally = SweepTally(options)
        meter = FitnessMeter(options, geometry, self._scale, calibration.detectability)
        self._spotter = Spotter(options, geometry, meter)
        self._model = model or load_model()
        self._rejected: Counter[str] = Counter()
        self._judged: tuple[Judgement, ...] = ()
        self._provenances: set[Provenance] = set()
        self._last_sequence: int | None = None
        self._last_set_ns: int | None = None
        self._view_deg = np.zeros(2)
        self._t_ns = 0

    @property
    def options(self) -> LensOptions:
        """Settings it was made with."""
        return self._options

    @property
    def calibration(self) -> LensCalibration:
        """What it was calibrated with; its detectability model is for whoever guides the sweep."""
        return self._calibration

    @property
    def px_per_deg(self) -> float:
        """Full-resolution pixels per degree in the middle of the picture."""
        return self._px_per_deg

    @property
    def size_px(self) -> tuple[int, int]:
        """Height and width of the frames."""
        return self._geometry.height_px, self._geometry.width_px

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """What is followed now and what each is taken for, turned down or not."""
        return self._judged

    @property
    def spotter(self) -> Spotter:
        """Which spots are done: for tests and benchmarks."""
        return self._spotter

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Everything followed now, sure or not: for fitting and for a technician's view."""
        return tuple(self._tracker.tracks)

    def step(self, frame: Frame) -> None:
        """Analyse the next frame.

        A frame without attribution is counted and skipped; so is one that comes out of order. A jump of the sequence
        number counts the frames that were lost.

        Raises
        ------
        InputError
            The frame does not have the camera's size.
        """
        shape = (self._geometry.height_px, self._geometry.width_px)
        if frame.pixels.shape != shape:
            raise InputError(f"frame {frame.sequence}: size {frame.pixels.shape} is not the camera's {shape}")
        self._count(frame)
        if frame.led is None:
            self._tally.unattributed += not self._people.paused
            return
        item = WorkingFrame.of(self._mender.mend(frame), frame.led, self._scale, self._options)
        if frame.led.shows_the_wall and not self._grouper.is_late(frame.t_ns):
            motion = self._registrar.follow(frame)
            self._chain.add(frame.t_ns, motion)
            if motion is not None and motion.trusted:
                self._view_deg = self._view_deg + motion.step_deg
        for strobe in self._grouper.add(item):
            self._analyse(strobe)

    def note_gap(self, t_ns: int, reason: Phrase) -> None:
        """Note that the camera or the light was lost until `t_ns`: the sweep begins again, found alerts stay."""
        self._t_ns = max(self._t_ns, t_ns)
        self._grouper.restart()
        self._registrar.restart()
        self._chain.restart()
        self._people.restart(self._t_ns)
        self._tracker.restart(self._alerted())
        self._retire()
        self._tally.note_gap(reason)
        self._spotter.restart()
        self._last_set_ns = None
        self._last_sequence = None

    def report(self) -> SenseReport:
        """Return all there is to say after the newest frame."""
        judgements = self._judged
        alerts = [to_alert(j) for j in judgements if j.kind is AlertKind.LENS_GLINT]
        inspect = [to_alert(j) for j in judgements if j.kind is AlertKind.RETRO_REFLECTOR]
        rejected = self._rejected + Counter(j.reason for j in judgements if j.reason)
        return SenseReport(
            sense=self.name,
            provenance=Provenance.least_real(self._provenances or {Provenance.LIVE}),
            t_ns=self._t_ns,
            coverage=self._tally.coverage(self._spotter.coverage, self._spotter.maps_ended, self._people.state),
            alerts=tuple(sorted(alerts, key=lambda a: -a.confidence)),
            inspect=tuple(sorted(inspect, key=lambda a: -a.confidence)),
            rejected=dict(rejected),
            figures=self._figures(),
            guidance=self._spotter.guidance,
            people=self._people.state,
        )

    def annotated(self, frame: Frame) -> npt.NDArray[np.uint8]:
        """Return the frame as BGR with the current alerts drawn where they are in it; black while withheld."""
        report = self.report()
        if self.picture_withheld:
            return blank(frame.pixels.shape)
        newest_ns = self._last_set_ns
        items: list[tuple[GlintAlert, float, float]] = []
        for alert in (*report.alerts, *report.inspect):
            if isinstance(alert, GlintAlert) and newest_ns is not None and alert.last_t_ns == newest_ns:
                motion = self._chain.between(newest_ns, frame.t_ns)
                x, y = map_points(motion, np.array([[alert.x_px, alert.y_px]]))[0]
                items.append((alert, float(y), float(x)))
        return annotate(frame.pixels, self._full_dn, items)

    @property
    def picture_withheld(self) -> bool:
        """Whether no picture may be shown, since a person is in view or may be."""
        return self._people.state.withheld

    def _count(self, frame: Frame) -> None:
        if self._last_sequence is not None and frame.sequence > self._last_sequence + 1:
            self._tally.dropped += frame.sequence - self._last_sequence - 1
        self._last_sequence = frame.sequence
        self._t_ns = max(self._t_ns, frame.t_ns)
        self._provenances.add(frame.provenance)
        if self._people.paused:
            self._tally.paused_frames += 1
        else:
            self._tally.frames += 1

    def _analyse(self, strobe: StrobeSet) -> None:
        on = strobe.on.frame
        trusted = self._chain.covers(on.t_ns) and self._chain.trusted(on.t_ns, strobe.off.frame.t_ns)
        noise = estimate_noise(strobe.on.grey, self._full_dn)
        glints, off_axis_only = self._find(strobe, trusted, noise)
        motion, followed = self._motion_since_last_set(on.t_ns)
        view_deg = (float(self._view_deg[0]), float(self._view_deg[1]))
        step = SetMotion(matrix=np.eye(3) if motion is None else motion, trusted=followed, view_deg=view_deg)
        self._last_set_ns = on.t_ns
        self._people.look(glints, step, on.t_ns)
        # During a pause nothing is tracked; what was found before is carried along.
        looking = not self._people.paused
        seen = glints if looking else ()
        self._tracker.step(seen, step, on.sequence, on.t_ns, looking, off_axis_only)
        self._judge()
        self._tracker.sweep(self._alerted())
        self._retire()
        if self._people.paused:
            return
        lit = self._lit(strobe)
        if lit:
            self._tally.note_set(trusted, strobe.dark is not None)
        else:
            self._tally.note_unlit_set()
        self._spotter.step(strobe, SpotView(motion, followed, trusted, view_deg), noise, lit)

    def _lit(self, strobe: StrobeSet) -> bool:
        """Whether both rings brightened the frame over the dark one, or over the black level where there is none."""
        level = {item.led: float(item.grey.mean()) / item.exposure for item in (strobe.on, strobe.off)}
        dark = strobe.dark
        black = self._geometry.black_level_dn
        base = float(dark.grey.mean()) / dark.exposure if dark else black / strobe.on.exposure
        least = self._options.min_ring_light * self._full_dn
        return all((value - base) * strobe.on.exposure > least for value in level.values())

    def _find(
        self, strobe: StrobeSet, trusted: bool, noise: NoiseModel
    ) -> tuple[tuple[Glint, ...], npt.NDArray[np.float64]]:
        motions = SetMotions(
            to_off=self._motion_within(strobe, strobe.off),
            to_dark=None if strobe.dark is None else self._motion_within(strobe, strobe.dark),
            to_dim=None if strobe.dim is None else self._motion_within(strobe, strobe.dim),
            trusted=trusted,
        )
        dark_noise = None if strobe.dark is None else estimate_noise(strobe.dark.grey, self._full_dn)
        planes = difference_planes(strobe, motions, self._geometry.black_level_dn, self._balance_map)
        glints = self._finder.find(strobe, planes, noise, dark_noise)
        return glints, self._finder.find_off_axis_only(strobe, planes, noise)

    def _motion_within(self, strobe: StrobeSet, item: WorkingFrame) -> npt.NDArray[np.float64]:
        return self._scale.matrix_to_working(self._chain.between(strobe.on.frame.t_ns, item.frame.t_ns))

    def _motion_since_last_set(self, t_ns: int) -> tuple[npt.NDArray[np.float64] | None, bool]:
        last_ns = self._last_set_ns
        if last_ns is None or not self._chain.covers(last_ns):
            return None, False
        return self._chain.between(last_ns, t_ns), self._chain.trusted(last_ns, t_ns)

    def _judge(self) -> None:
        """Judge every track once a set; reports in between repeat it, and during a pause only what was found stays."""
        if self._people.paused:
            self._judged = tuple(j for j in self._judged if j.kind is AlertKind.LENS_GLINT)
            return
        wanted = EvidenceWanted(self.evidence_wanted, cone_evidence_wanted(self._tracker.viewpoints, self._options))
        judged = judge(self._tracker.tracks, self._options, self._px_per_deg, self._model, wanted)
        for judgement in judged:
            judgement.track.alike_sets += judgement.neighbours >= self._options.neighbours_alike
        self._judged = hold_back(judged, lambda track: self._people.holds_back(track.yx))

    @property
    def evidence_wanted(self) -> float:
        """Evidence that the sweep's budget of false alerts asks of a track, given how lively the room is."""
        return evidence_wanted(self._tracker.sparkle.per_set, self._options)

    def _alerted(self) -> set[int]:
        return {j.track.number for j in self._judged if j.kind is AlertKind.LENS_GLINT}

    def _retire(self) -> None:
        """Count the tracks that ended; one rejection each, whatever the number of frames."""
        wanted = self.evidence_wanted
        self._rejected.update(rejection(t, self._options, wanted) for t in self._tracker.ended)
        self._tracker.ended.clear()
        followed = {t.number for t in self._tracker.tracks}
        self._judged = tuple(j for j in self._judged if j.track.number in followed)

    def _figures(self) -> dict[str, float]:
        tally = self._tally
        return {
            "frames_analysed": float(tally.frames - tally.unattributed - self._grouper.late),
            "frames_dropped": float(tally.dropped),
            "frames_unattributed": float(tally.unattributed),
            "frames_late": float(self._grouper.late),
            "frames_paused": float(tally.paused_frames),
            "sets": float(tally.total_sets),
            "sets_incomplete": float(self._grouper.incomplete),
            "registration_trusted_fraction": tally.total_trusted_sets / max(1, tally.total_sets),
            "tracks": float(len(self._tracker.tracks)),
        }
