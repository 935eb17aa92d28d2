"""Seeded radio scenes with physics and known truth: cameras, ambient signals, a dongle.

Absolute time is in seconds, frequencies in Hz, powers in dB relative to the converter's full scale (dBFS, a
full-scale tone is 0) at the dongle's reference gain. Everything is deterministic: the same seed, time and tuning give
the same samples, and slices of one tuning join without a seam.

Scene
    ``Sky(emissions, dongle=DongleModel(), seed=0)``;
    ``sky.receive(tuning, t0_s) -> uint8 (2 n,)`` interleaved I, Q as a dongle delivers them;
    ``sky.field(tuning, t0_s) -> complex64 (n,)`` before the converter.
Dongle
    ``DongleModel(noise_dbfs=-36, reference_gain_db=30, dc_dbfs=-34, iq_gain_db=0.15, iq_phase_deg=0.8, ppm=0)``.
Emissions
    each has ``center_hz``, ``bandwidth_hz``, ``power_dbfs`` and
    ``slice(t0_s, sample_count, center_hz, sample_rate_hz) -> complex64 (n,)``; sample rates are multiples of 200 Hz:

    - ``AnalogVideoEmission(center_hz=, power_dbfs=, pictures=, system="PAL", modulation="FM", deviation_hz=4e6,
      inverted=False, burst=True, ppm=0)``; pictures from ``moving_room(seed, frames)``, ``room(seed)``, ``bars()`` or
      any float32 array (rows, columns) in 0..1; one picture a frame, and the sequence repeats
    - ``LteDownlinkEmission(center_hz=, power_dbfs=, seed=, channel_hz=10e6, load=0.6)``
    - ``FmBroadcastEmission(center_hz=, power_dbfs=, seed=)``
    - ``OokRemoteEmission(center_hz=, power_dbfs=, code=, unit_us=350, period_s=4, phase_s=0.5, repeats=6)``
    - ``CarrierEmission(center_hz=, power_dbfs=)``
    - services: ``LteUplinkEmission(..., seed=, channel_hz=10e6, blocks=25, granted=0.6)``, ``DabEmission``,
      ``DmeEmission``, ``AdsbEmission``, ``NfmVoiceEmission``
    - hard negatives: ``KeyedEmission``, ``TdmaEmission``, ``PulsedEmission``, ``SwitchingEmission``, ``DvbtEmission``,
      ``HoppingEmission``, ``MonitorLeakEmission`` and the table ``hard_negatives(seed, center_hz, power_dbfs)``

Emissions make their loop when they are first heard (0.3 s for four video frames, 22 MB; the others less); call
``emission.loop`` to make it beforehand. ``emission.at(power_dbfs=..., center_hz=...)`` is a cheap copy that shares
the loop: use it when something comes nearer. A 100 ms dwell on FM video costs 4 ms at 2.4 MS/s.

>>> sky = Sky([AnalogVideoEmission(center_hz=1.24e9, power_dbfs=-20, pictures=moving_room(7))], seed=1)
>>> tuning = Tuning(center_hz=1.2395e9, sample_rate_hz=2.4e6, sample_count=48_000)
>>> raw = sky.receive(tuning, t0_s=12.5)
"""

from detector.rf.synth.dongle import DongleModel
from detector.rf.synth.emissions import (
    AnalogVideoEmission,
    CarrierEmission,
    Emission,
    FmBroadcastEmission,
    LoopEmission,
    LteDownlinkEmission,
    OokRemoteEmission,
)
from detector.rf.synth.negatives import (
    DIGITAL_LINKS,
    DvbtEmission,
    HoppingEmission,
    KeyedEmission,
    MonitorLeakEmission,
    PulsedEmission,
    SwitchingEmission,
    TdmaEmission,
    hard_negatives,
)
from detector.rf.synth.pictures import Picture, bars, moving_room, room
from detector.rf.synth.services import AdsbEmission, DabEmission, DmeEmission, LteUplinkEmission, NfmVoiceEmission
from detector.rf.synth.sky import FreshNoise, Sky
from detector.types import Tuning

__all__ = [
    "DIGITAL_LINKS",
    "AdsbEmission",
    "AnalogVideoEmission",
    "CarrierEmission",
    "DabEmission",
    "DmeEmission",
    "DongleModel",
    "DvbtEmission",
    "Emission",
    "FmBroadcastEmission",
    "FreshNoise",
    "HoppingEmission",
    "KeyedEmission",
    "LoopEmission",
    "LteDownlinkEmission",
    "LteUplinkEmission",
    "MonitorLeakEmission",
    "NfmVoiceEmission",
    "OokRemoteEmission",
    "Picture",
    "PulsedEmission",
    "Sky",
    "SwitchingEmission",
    "TdmaEmission",
    "Tuning",
    "bars",
    "hard_negatives",
    "moving_room",
    "room",
]
