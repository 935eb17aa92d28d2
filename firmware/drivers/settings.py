"""Settings of the drivers: default, range, unit and the cost of raising each; `firmware.config` nests these structs."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = ["CameraSettings", "LedSettings", "RtlSettings", "SensorName"]

SensorName = Literal["ov5647", "imx219", "imx708", "imx296"]


class RtlSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An RTL-SDR dongle, on USB (``rtl:``) or behind a server (``rtl_tcp:``)."""

    ppm: Annotated[
        int,
        Meta(
            ge=-200,
            le=200,
            description="crystal correction handed to the dongle, as measured in calibration; "
            "a wrong value shifts every frequency shown",
            extra={"unit": "ppm"},
        ),
    ] = 0
    settle_s: Annotated[
        float,
        Meta(
            ge=0.0,
            le=0.2,
            description="samples of this long are thrown away after the orders to the tuner have returned (rtl_power: "
            "5 ms and 4 KB); raising it slows every hop by as much",
            extra={"unit": "s"},
        ),
    ] = 0.006
    fifo_samples: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            description="samples waiting in the dongle's FIFO, thrown away before every USB read (rtl_power: 4 KB); "
            "raising it slows every hop",
            extra={"unit": "samples"},
        ),
    ] = 2048
    server_samples: Annotated[
        int,
        Meta(
            ge=0,
            le=4_000_000,
            description="samples that an rtl_tcp server may have under way (one USB transfer of librtlsdr), thrown "
            "away after a retune until their number is known from the sample clock; raising it slows the first hops",
            extra={"unit": "samples"},
        ),
    ] = 131_072
    link_s: Annotated[
        float,
        Meta(
            ge=0.0,
            le=1.0,
            description="way of a command to an rtl_tcp server, the tuner's orders there and the samples' way back at "
            "their best; as long is thrown away after a retune, besides settle_s; raising it slows every hop over the "
            "network, lowering it takes the old frequency's samples for the new one's",
            extra={"unit": "s"},
        ),
    ] = 0.025
    greeting_s: Annotated[
        float,
        Meta(
            ge=0.1,
            le=60.0,
            description="an rtl_tcp server that has not greeted after this long has failed; it takes 6 s itself to "
            "notice that its last client has left; raising it reports a wrong address later",
            extra={"unit": "s"},
        ),
    ] = 10.0
    deadline_s: Annotated[
        float,
        Meta(
            ge=0.1,
            le=60.0,
            description="an rtl_tcp server that is silent this long beyond the dwell has stalled; "
            "raising it notices a dead link later",
            extra={"unit": "s"},
        ),
    ] = 1.0
    lost_fraction: Annotated[
        float,
        Meta(
            ge=0.01,
            le=0.5,
            description="a dongle that is slower than its sample clock by this much, dwell after dwell, has lost "
            "samples; raising it overlooks smaller losses, lowering it takes a busy processor for one",
            extra={"unit": "fraction"},
        ),
    ] = 0.05
    late_s: Annotated[
        float,
        Meta(
            ge=0.005,
            le=1.0,
            description="a single dwell that is late by this much counts as lost and is listened to again; "
            "raising it overlooks a single loss",
            extra={"unit": "s"},
        ),
    ] = 0.05
    spoilt_dwells: Annotated[
        int,
        Meta(
            ge=2,
            le=100,
            description="so many dwells in a row that cannot be samples make the dongle a fault, and it is opened "
            "anew; raising it shows the fault later",
            extra={"unit": "dwells"},
        ),
    ] = 8
    bias_tee: Annotated[
        bool,
        Meta(
            description="feed 4.5 V to an amplifier at the antenna; harms antennas that short it",
            extra={"unit": "bool"},
        ),
    ] = False


class CameraSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The camera behind the rings; defaults are an OV5647 NoIR in its fast mode."""

    sensor: Annotated[
        SensorName,
        Meta(
            description="fitted module; gives the field of view where that is 0",
            extra={"unit": ""},
        ),
    ] = "ov5647"
    width_px: Annotated[
        int,
        Meta(
            ge=160,
            le=4608,
            description="frame width; raising it sees smaller glints but costs time",
            extra={"unit": "px"},
        ),
    ] = 640
    height_px: Annotated[
        int,
        Meta(ge=120, le=2592, description="frame height; raising it sees more but costs time", extra={"unit": "px"}),
    ] = 480
    fps: Annotated[
        float,
        Meta(
            ge=1.0,
            le=120.0,
            description="frames per second; raising it eases registration but costs time and shortens exposures",
            extra={"unit": "1/s"},
        ),
    ] = 30.0
    exposure_us: Annotated[
        int,
        Meta(
            ge=20,
            le=200_000,
            description="exposure of each row; raising it gathers light but blurs a moving hand and saturates glints",
            extra={"unit": "us"},
        ),
    ] = 2000
    gain: Annotated[
        float,
        Meta(ge=1.0, le=16.0, description="analogue gain; raising it amplifies noise as well", extra={"unit": "1"}),
    ] = 2.0
    hfov_deg: Annotated[
        float,
        Meta(
            ge=0.0,
            le=170.0,
            description="horizontal field of view of the mode in use; 0 means the sensor table's, cropped as the mode "
            "crops, which holds for the module's own lens",
            extra={"unit": "deg"},
        ),
    ] = 0.0
    readout_us: Annotated[
        int,
        Meta(
            ge=0,
            le=200_000,
            description="from the first row's read-out to the last row's; 0 means the most that the mode can take (its "
            "shortest frame; none for a global shutter); too low a value attributes straddling frames, "
            "raising it drops more frames",
            extra={"unit": "us"},
        ),
    ] = 0
    black_level_dn: Annotated[
        float,
        Meta(
            ge=0.0,
            le=4096.0,
            description="digital number of no light, as measured in calibration; 0 means what the camera's "
            "metadata says",
            extra={"unit": "DN"},
        ),
    ] = 0.0
    deadline_s: Annotated[
        float,
        Meta(
            ge=0.1,
            le=60.0,
            description="a camera silent this long has stalled; raising it notices a dead camera later",
            extra={"unit": "s"},
        ),
    ] = 1.0


class LedSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The two infrared rings; limits protect eyes (IEC 62471) and come before brightness."""

    on_axis_pin: Annotated[
        int, Meta(ge=0, le=27, description="BCM number of the on-axis ring's driver", extra={"unit": "BCM"})
    ] = 17
    off_axis_pin: Annotated[
        int, Meta(ge=0, le=27, description="BCM number of the off-axis ring's driver", extra={"unit": "BCM"})
    ] = 27
    active_high: Annotated[bool, Meta(description="whether a high pin lights the ring", extra={"unit": "bool"})] = True
    on_axis_radius_mm: Annotated[
        float, Meta(ge=1.0, le=100.0, description="radius of the on-axis ring", extra={"unit": "mm"})
    ] = 6.0
    off_axis_radius_mm: Annotated[
        float, Meta(ge=1.0, le=300.0, description="radius of the off-axis ring", extra={"unit": "mm"})
    ] = 45.0
    latency_us: Annotated[
        int,
        Meta(
            ge=0,
            le=10_000,
            description="from the pin's change to full light, added to every edge; measured on the LED board",
            extra={"unit": "us"},
        ),
    ] = 20
    max_on_s: Annotated[
        float,
        Meta(
            ge=0.001,
            le=2.0,
            description="a ring still lit after this long is switched off by the watchdog, and the next switch "
            "fails; raising it raises the dose to an eye if the loop hangs",
            extra={"unit": "s"},
        ),
    ] = 0.5
    max_duty: Annotated[
        float,
        Meta(
            ge=0.01,
            le=0.9,
            description="largest part of any window in which a ring may be lit; beyond it the driver fails; "
            "raising it raises the mean dose to an eye",
            extra={"unit": "1"},
        ),
    ] = 0.75
    duty_window_s: Annotated[
        float,
        Meta(
            ge=0.1,
            le=60.0,
            description="window over which the duty counts; raising it allows longer bursts",
            extra={"unit": "s"},
        ),
    ] = 5.0
