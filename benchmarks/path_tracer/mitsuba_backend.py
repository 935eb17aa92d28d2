"""Mitsuba, opened on demand: the variant, and a diffuse surface that is sampled towards where its light came from."""

import os
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

__all__ = ["MitsubaMissingError", "opened"]

_VARIANT = "llvm_ad_mono"
_CONES_DEG = (4.0, 25.0)
_CONE_SHARES = (0.4, 0.4)
_RETRO_DIFFUSE = "retro_sampled_diffuse"


class MitsubaMissingError(RuntimeError):
    """Mitsuba, or the LLVM library that it compiles with, is not here."""


def opened() -> tuple[ModuleType, ModuleType]:
    """Return (mitsuba, drjit), ready to render.

    Raises
    ------
    MitsubaMissingError
        With one line that says what is missing and how to get it.
    """
    try:
        import drjit
        import mitsuba
    except ImportError as error:
        raise MitsubaMissingError(
            f"path tracer: {error.name} is not installed in this environment (pip install mitsuba, see"
            " benchmarks/path_tracer/README.md)"
        ) from error
    library = os.environ.get("DRJIT_LIBLLVM_PATH")
    if library is not None and not Path(library).is_file():
        raise MitsubaMissingError(f"path tracer: DRJIT_LIBLLVM_PATH {library} is not a file")
    mitsuba.set_variant(_VARIANT)
    try:
        drjit.eval(drjit.arange(mitsuba.Float, 2) + 1)
    except RuntimeError as error:
        raise MitsubaMissingError(
            "path tracer: no LLVM library that Dr.Jit can use (set DRJIT_LIBLLVM_PATH to a libLLVM.so of version 19,"
            " see benchmarks/path_tracer/README.md)"
        ) from error
    mitsuba.register_bsdf(_RETRO_DIFFUSE, lambda properties: _retro_diffuse(mitsuba, drjit)(properties))
    return mitsuba, drjit


def _retro_diffuse(mi: Any, dr: Any) -> Any:
    """Return the class of a Lambertian surface whose next direction is often drawn around the one back to the camera.

    What a sensor, a bead's backing or the wall under a drop sends to a light beside the camera goes back nearly the
    way it came. It is drawn from a mixture of the hemisphere and two cones around the reversed direction, with the
    weight that this needs: the mean is the same, and the noise that of two to three times as many paths.
    """
    cosines = [float(np.cos(np.radians(angle))) for angle in _CONES_DEG]
    densities = [1 / (2 * np.pi * (1 - c)) for c in cosines]
    first, second = _CONE_SHARES

    class RetroDiffuse(mi.BSDF):  # type: ignore[misc]
        def __init__(self, properties: Any) -> None:
            mi.BSDF.__init__(self, properties)
            self.reflectance = properties.get("reflectance", 0.5)
            self.m_flags = mi.BSDFFlags.DiffuseReflection | mi.BSDFFlags.FrontSide
            self.m_components = [self.m_flags]

        def _pdf(self, wi: Any, wo: Any) -> Any:
            back = dr.dot(wi, wo)
            cone = [
                dr.select(back >= c, share * density, 0.0)
                for c, share, density in zip(cosines, _CONE_SHARES, densities, strict=True)
            ]
            return (1 - first - second) * dr.maximum(mi.Frame3f.cos_theta(wo), 0.0) / np.pi + cone[0] + cone[1]

        def sample(self, ctx: Any, si: Any, sample1: Any, sample2: Any, active: Any = True) -> Any:
            hemisphere = mi.warp.square_to_cosine_hemisphere(sample2)
            cutoff = dr.select(sample1 < first, cosines[0], cosines[1])
            around = mi.Frame3f(si.wi).to_world(mi.warp.square_to_uniform_cone(sample2, cutoff))
            wo = dr.select(sample1 < first + second, around, hemisphere)
            facing = (mi.Frame3f.cos_theta(si.wi) > 0) & (mi.Frame3f.cos_theta(wo) > 0) & active
            drawn = mi.BSDFSample3f()
            drawn.wo = wo
            drawn.pdf = self._pdf(si.wi, wo)
            drawn.eta = 1.0
            drawn.sampled_type = mi.UInt32(+mi.BSDFFlags.DiffuseReflection)
            drawn.sampled_component = 0
            value = self.reflectance / np.pi * mi.Frame3f.cos_theta(wo) / drawn.pdf
            return drawn, mi.Spectrum(value) & (facing & (drawn.pdf > 0))

        def eval(self, ctx: Any, si: Any, wo: Any, active: Any = True) -> Any:
            cos = mi.Frame3f.cos_theta(wo)
            facing = (mi.Frame3f.cos_theta(si.wi) > 0) & (cos > 0) & active
            return mi.Spectrum(self.reflectance / np.pi * cos) & facing

        def pdf(self, ctx: Any, si: Any, wo: Any, active: Any = True) -> Any:
            facing = (mi.Frame3f.cos_theta(si.wi) > 0) & (mi.Frame3f.cos_theta(wo) > 0) & active
            return dr.select(facing, self._pdf(si.wi, wo), 0.0)

        def eval_pdf(self, ctx: Any, si: Any, wo: Any, active: Any = True) -> Any:
            return self.eval(ctx, si, wo, active), self.pdf(ctx, si, wo, active)

        def to_string(self) -> str:
            return f"RetroDiffuse[reflectance={self.reflectance}]"

    return RetroDiffuse
