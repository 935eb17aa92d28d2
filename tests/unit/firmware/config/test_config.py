import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from detector.errors import InputError
from firmware.config import Config, dump_config, load_config
from firmware.config.load import describe


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "nunchi.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_gives_the_defaults() -> None:
    config = load_config(None)
    assert config == Config()
    assert config.sources.rf == "sim:hotel_room"


def test_a_file_is_laid_over_the_defaults(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, '[sources]\nrf = "rtl:0"\n[server]\nport = 8081\n'))
    assert (config.sources.rf, config.server.port, config.sources.camera) == ("rtl:0", 8081, "sim:hotel_room")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[sources]\nradio = 1\n", ["sources", "unknown field `radio`"]),
        ("colour = 1\n", ["unknown field `colour`"]),
        ("[server]\nport = 70000\n", ["server.port = 70000", "<= 65535"]),
        ('[server]\nport = "x"\n', ["server.port = 'x'", "Expected `int`"]),
        ("[server\n", ["not a TOML file"]),
        ("[radio.sweep]\nfine = 1\n", ["unknown field `fine`"]),
        ("[radio]\nconverter_lo_hz = 1998e6\nconverter_low_hz = 5.6e9\n", ["radio.converter_lo_hz", "leaves nothing"]),
    ],
)
def test_bad_files_say_what_and_where_in_one_line(tmp_path: Path, text: str, parts: list[str]) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load_config(path)
    message = str(caught.value)
    assert "\n" not in message
    for part in [str(path), *parts]:
        assert part in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.toml: cannot read"):
        load_config(tmp_path / "nowhere.toml")


def test_what_is_dumped_loads_again(tmp_path: Path) -> None:
    text = dump_config(Config())
    assert load_config(write(tmp_path, text)) == Config()
    assert tomllib.loads(text)["server"]["port"] == 8080


def settings(table: type[msgspec.Struct]) -> Iterator[tuple[str, object]]:
    for field in msgspec.structs.fields(table):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from settings(field.type)
        else:
            yield f"{table.__name__}.{field.name}", field.type


@pytest.mark.parametrize(("name", "annotation"), list(settings(Config)))
def test_every_setting_says_what_it_is_in_which_unit_and_range(name: str, annotation: object) -> None:
    words = describe(annotation)
    assert len(words) > 20, name
    assert not words.endswith("[]"), f"{name}: no unit or range"
