"""What picamera2 has to be told of a camera of libcamera's virtual pipeline; all else of it is as released."""

from typing import Any

__all__ = ["patched_picamera2"]


def patched_picamera2(stated_exposure_us: int | None) -> Any:
    """Return `picamera2.Picamera2`, able to run the virtual camera.

    Parameters
    ----------
    stated_exposure_us : int or None
        The virtual camera says nothing of its exposure. A number is put into each frame's metadata, as a camera of a
        Raspberry Pi would; None leaves the metadata as they are.
    """
    import picamera2
    from picamera2.allocators import LibcameraAllocator

    class VirtualCamera(picamera2.Picamera2):  # type: ignore[misc]
        """Has no raw stream, as a USB camera; its buffers have a plane each for luma and chroma."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.allocator = LibcameraAllocator(self.camera)

        def _get_raw_modes(self) -> list[dict[str, Any]]:
            return [{"format": "NV12", "size": (640, 480)}]

        @property
        def sensor_modes(self) -> list[dict[str, Any]]:
            return [{"format": "NV12"}]

        def capture_request(self, *arguments: Any, **options: Any) -> Any:
            request = super().capture_request(*arguments, **options)
            if stated_exposure_us is None:
                return request
            metadata = {"ExposureTime": stated_exposure_us, "AnalogueGain": 1.0} | request.get_metadata()
            request.get_metadata = lambda: metadata
            return request

    picamera2.Picamera2 = VirtualCamera
    return VirtualCamera
