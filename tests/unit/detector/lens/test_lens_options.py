"""Every setting is bounded, explained and has a unit."""

import typing

import msgspec
import pytest

from detector.lens.options import LensOptions


def test_every_setting_is_documented_with_a_unit_and_bounds():
    for name, hint in typing.get_type_hints(LensOptions, include_extras=True).items():
        meta = next(m for m in hint.__metadata__ if isinstance(m, msgspec.Meta))
        assert meta.description and len(meta.description) > 20, name
        assert meta.extra["unit"], name
        assert meta.ge <= getattr(LensOptions(), name) <= meta.le, name


def test_unknown_and_out_of_range_are_refused():
    with pytest.raises(msgspec.ValidationError, match="bogus"):
        msgspec.convert({"bogus": 1}, LensOptions)
    with pytest.raises(msgspec.ValidationError, match="min_ratio"):
        msgspec.convert({"min_ratio": 0.1}, LensOptions)
