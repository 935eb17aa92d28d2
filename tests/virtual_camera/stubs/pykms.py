"""Not here: no picture is shown, so no display is needed."""

from types import SimpleNamespace

PixelFormat = SimpleNamespace(
    **{name: name for name in ("RGB888", "BGR888", "XRGB8888", "XBGR8888", "YUV420", "YVU420", "YUYV", "NV12", "MJPEG")}
)
