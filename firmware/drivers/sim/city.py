"""The air of a flat in Seoul: everything that a day there brings, and no camera.

Stations, multiplexes, masts and channels are where the Korean band plan puts them; levels are guesses for a window seat
among tall houses. Emitters of one kind share their waveform, which saves memory.
"""

from detector.rf.synth import (
    AdsbEmission,
    CarrierEmission,
    DabEmission,
    DmeEmission,
    DvbtEmission,
    Emission,
    FmBroadcastEmission,
    HoppingEmission,
    KeyedEmission,
    LteDownlinkEmission,
    LteUplinkEmission,
    MonitorLeakEmission,
    NfmVoiceEmission,
    OokRemoteEmission,
    PulsedEmission,
    SwitchingEmission,
    TdmaEmission,
)

__all__ = ["city_air"]

_FM_MHZ = (89.1, 91.9, 93.1, 93.9, 95.1, 95.9, 97.3, 98.1, 99.1, 103.5, 104.5, 106.1, 106.9, 107.7)
_DMB_MHZ = (181.28, 183.008, 184.736, 205.28, 207.008, 208.736)
_UHD_TV_MHZ = (701.0, 756.0, 762.0, 768.0)
_MASTS_MHZ = ((783.0, -20.0), (793.0, -24.0), (879.0, -18.0), (889.0, -23.0), (954.3, -25.0))
_STREET_PHONES_MHZ = ((728.0, -46.0), (834.0, -44.0), (909.3, -47.0))
_CRYSTAL_SPURS = (16, 20, 36, 40, 44, 52)


def city_air() -> tuple[Emission, ...]:
    """Return the emitters."""
    return (*_broadcast(), *_mobile(), *_short_range(), *_aviation(), *_household())


def _broadcast() -> tuple[Emission, ...]:
    station = FmBroadcastEmission(center_hz=91.9e6, power_dbfs=-12.0, seed=61)
    multiplex = DabEmission(center_hz=205.28e6, power_dbfs=-24.0, seed=62)
    television = DvbtEmission(center_hz=701e6, power_dbfs=-20.0, seed=63, channel_hz=6e6, size=8192, guard=1 / 16)
    return (
        *(station.at(center_hz=mhz * 1e6, power_dbfs=-12.0 - mhz % 9) for mhz in _FM_MHZ),
        *(multiplex.at(center_hz=mhz * 1e6, power_dbfs=-22.0 - mhz % 5) for mhz in _DMB_MHZ),
        *(television.at(center_hz=mhz * 1e6, power_dbfs=-18.0 - mhz % 6) for mhz in _UHD_TV_MHZ),
    )


def _mobile() -> tuple[Emission, ...]:
    mast = LteDownlinkEmission(center_hz=783e6, power_dbfs=-20.0, seed=64)
    phone = LteUplinkEmission(center_hz=834e6, power_dbfs=-44.0, seed=65)
    trunk = TdmaEmission(center_hz=856e6, power_dbfs=-30.0, seed=66, symbol_hz=18e3, slot_s=0.014167, slots=4)
    return (
        *(mast.at(center_hz=mhz * 1e6, power_dbfs=level) for mhz, level in _MASTS_MHZ),
        *(phone.at(center_hz=mhz * 1e6, power_dbfs=level) for mhz, level in _STREET_PHONES_MHZ),
        *(trunk.at(center_hz=mhz * 1e6, power_dbfs=-30.0 - mhz % 4) for mhz in (381.2, 390.4, 856.1, 861.7)),
    )


def _short_range() -> tuple[Emission, ...]:
    meter = KeyedEmission(center_hz=447.6e6, power_dbfs=-26.0, seed=67, scheme="fsk", symbol_hz=9600.0)
    voice = NfmVoiceEmission(center_hz=444.1e6, power_dbfs=-25.0, seed=68)
    return (
        OokRemoteEmission(center_hz=433.92e6, power_dbfs=-14.0, period_s=11.0),
        OokRemoteEmission(center_hz=433.87e6, power_dbfs=-21.0, code=0x3C5A17, unit_us=420.0, period_s=7.0),
        OokRemoteEmission(center_hz=447.73e6, power_dbfs=-19.0, code=0x51C0DE, unit_us=512.0, period_s=23.0),
        meter,
        meter.at(center_hz=920.9e6, power_dbfs=-27.0),
        *(voice.at(center_hz=mhz * 1e6, power_dbfs=-25.0) for mhz in (151.2, 444.1, 467.5, 928.3)),
        HoppingEmission(center_hz=920e6, power_dbfs=-30.0, seed=69, hop_s=0.004, span_hz=4e6),
    )


def _aviation() -> tuple[Emission, ...]:
    return (
        AdsbEmission(center_hz=1090e6, power_dbfs=-16.0, seed=70),
        DmeEmission(center_hz=1003e6, power_dbfs=-22.0, seed=71),
        PulsedEmission(center_hz=1030e6, power_dbfs=-20.0, seed=72, repetition_hz=330.0),
        PulsedEmission(center_hz=1290e6, power_dbfs=-18.0, seed=73, repetition_hz=360.0, pulse_s=4e-6, gated=True),
    )


def _household() -> tuple[Emission, ...]:
    supply = SwitchingEmission(center_hz=49e6, power_dbfs=-24.0, seed=74, switching_hz=66e3)
    screen = MonitorLeakEmission(center_hz=1188e6, power_dbfs=-26.0, seed=75, line_hz=67_500.0, lines=1125)
    carriers = ((125.0, -28.0), (297.0, -30.0), (742.5, -31.0), (1485.0, -29.0), (1561.3, -30.0))
    return (
        supply,
        supply.at(center_hz=318e6, power_dbfs=-28.0),
        SwitchingEmission(center_hz=1120e6, power_dbfs=-26.0, seed=76, switching_hz=131e3),
        screen,
        screen.at(center_hz=445.5e6, power_dbfs=-28.0),
        MonitorLeakEmission(center_hz=594e6, power_dbfs=-29.0, seed=77, line_hz=31_469.0),
        *(CarrierEmission(center_hz=mhz * 1e6, power_dbfs=level) for mhz, level in carriers),
        *(CarrierEmission(center_hz=28.8e6 * number, power_dbfs=-32.0) for number in _CRYSTAL_SPURS),
    )
