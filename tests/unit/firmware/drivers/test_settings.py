"""Every setting is declared with default, unit and description, and its default is in range."""

import msgspec
import pytest

from firmware.drivers.settings import CameraSettings, LedSettings, RtlSettings

STRUCTS = [RtlSettings, CameraSettings, LedSettings]


@pytest.mark.parametrize("struct", STRUCTS)
def test_every_field_says_what_it_is_and_in_what_unit(struct: type[msgspec.Struct]) -> None:
    for field in msgspec.inspect.type_info(struct).fields:
        assert isinstance(field.type, msgspec.inspect.Metadata) or field.type.ge is not None, field.name
    schema = msgspec.json.schema(struct)["$defs"][struct.__name__]["properties"]
    for name, entry in schema.items():
        assert entry["description"], name


@pytest.mark.parametrize("struct", STRUCTS)
def test_defaults_are_within_their_ranges(struct: type[msgspec.Struct]) -> None:
    assert msgspec.convert(msgspec.to_builtins(struct()), struct) == struct()


@pytest.mark.parametrize("struct", STRUCTS)
def test_unknown_keys_are_refused(struct: type[msgspec.Struct]) -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `nonsense`"):
        msgspec.convert({"nonsense": 1}, struct)
