"""Settings of the drivers: default, range, unit and the cost of raising each; `firmware.config` nests these structs."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = ["CameraSettings", "LedSettings", "OnAxisLight", "PictureStream", "RtlSettings", "SensorName"]

SensorName = Literal["ov5647", "imx219", "imx708", "imx708_wide", "imx296"]
PictureStream = Literal["raw", "luma"]
OnAxisLight = Literal["infrared", "red"]


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
            description="fitted module; another one is refused; gives the frame size and the field of view where those "
            "are 0",
            extra={"unit": ""},
        ),
    ] = "ov5647"
    stream: Annotated[
        PictureStream,
        Meta(
            description="raw: the sensor's own numbers; luma: Y of the image processor, its gamma made straight, for "
            "sizes that the sensor has no mode for and cameras that give no raw; luma costs bits (it has 8)",
            extra={"unit": ""},
        ),
    ] = "raw"
    width_px: Annotated[
        int,
        Meta(
            ge=0,
            le=4608,
            description="frame width, 0 for the sensor's usual one; raising it sees smaller glints but costs time",
            extra={"unit": "px"},
        ),
    ] = 0
    height_px: Annotated[
        int,
        Meta(
            ge=0,
            le=2592,
            description="frame height, 0 for the sensor's usual one; raising it sees more but costs time",
            extra={"unit": "px"},
        ),
    ] = 0
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
    focus_m: Annotated[
        float,
        Meta(
            ge=0.1,
            le=10.0,
            description="distance to focus on, for modules that can (IMX708); others are focused by hand",
            extra={"unit": "m"},
        ),
    ] = 0.7
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
    """The rings; limits protect eyes (IEC 62471) and come before brightness."""

    on_axis_light: Annotated[
        OnAxisLight,
        Meta(
            description="which ring lights on-axis frames; red is for lenses whose filter hides them at 850 nm: "
            "everybody sees it, and a coloured thing may look brighter under one ring than under the other",
            extra={"unit": ""},
        ),
    ] = "infrared"
    on_axis_pin: Annotated[
        int, Meta(ge=0, le=27, description="BCM number of the infrared on-axis ring's driver", extra={"unit": "BCM"})
    ] = 17
    on_axis_dim_pin: Annotated[
        int,
        Meta(
            ge=-1,
            le=27,
            description="BCM number of the driver that lights the infrared on-axis ring at a small share of its light, "
            "so that what clips is measured; -1 where there is none: bright lenses then read as less than they are",
            extra={"unit": "BCM"},
        ),
    ] = 23
    on_axis_dim_share: Annotated[
        float,
        Meta(
            ge=0.01,
            le=0.5,
            description="that share, by the LED board's resistors; the dose of light is reckoned with it (detection "
            "measures it on the wall); raising it lets bright lenses clip, lowering it drowns weak ones in noise",
            extra={"unit": "1"},
        ),
    ] = 0.0625
    off_axis_pin: Annotated[
        int, Meta(ge=0, le=27, description="BCM number of the off-axis ring's driver", extra={"unit": "BCM"})
    ] = 27
    red_pin: Annotated[
        int,
        Meta(
            ge=-1,
            le=27,
            description="BCM number of the visible red ring's driver, held dark unless on_axis_light is red; -1 where "
            "there is none",
            extra={"unit": "BCM"},
        ),
    ] = 22
    active_high: Annotated[bool, Meta(description="whether a high pin lights the ring", extra={"unit": "bool"})] = True
    on_axis_radius_mm: Annotated[
        float, Meta(ge=1.0, le=100.0, description="radius of the infrared on-axis ring", extra={"unit": "mm"})
    ] = 6.0
    off_axis_radius_mm: Annotated[
        float, Meta(ge=1.0, le=300.0, description="radius of the off-axis ring", extra={"unit": "mm"})
    ] = 45.0
    red_radius_mm: Annotated[
        float,
        Meta(
            ge=1.0,
            le=100.0,
            description="radius of the red ring; raising it weakens what a lens sends back",
            extra={"unit": "mm"},
        ),
    ] = 8.0
    infrared_nm: Annotated[
        float,
        Meta(ge=700.0, le=1000.0, description="wavelength of both infrared rings, recorded", extra={"unit": "nm"}),
    ] = 850.0
    red_nm: Annotated[
        float, Meta(ge=600.0, le=700.0, description="wavelength of the red ring, recorded", extra={"unit": "nm"})
    ] = 625.0
    latency_us: Annotated[
        int,
        Meta(
            ge=0,
            le=10_000,
            description="from the pin's change to full light or full darkness, added to every edge; measured on the "
            "LED board; too low a value mixes lights up, raising it drops more frames",
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
    irradiance_w_m2: Annotated[
        float,
        Meta(
            ge=0.0,
            le=10_000.0,
            description="of the stronger infrared ring, lit without a pause, at the eye's nearest place (0.1 m), as "
            "measured on the LED board; the duty is held to what IEC 62471 allows for it; 0 means not measured, and "
            "only max_duty holds",
            extra={"unit": "W/m2"},
        ),
    ] = 0.0
    guard_grace_s: Annotated[
        float,
        Meta(
            ge=0.05,
            le=2.0,
            description="a process that has kept a ring lit for this much longer than max_on_s is frozen: the guard "
            "kills it and switches off; raising it lengthens that light, lowering it kills a busy process",
            extra={"unit": "s"},
        ),
    ] = 0.5
