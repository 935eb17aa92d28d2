"""One declared configuration scheme that loads, checks and dumps itself."""

from firmware.config.load import dump_config, load_config, overlaid
from firmware.config.scheme import Config

__all__ = ["Config", "dump_config", "load_config", "overlaid"]
