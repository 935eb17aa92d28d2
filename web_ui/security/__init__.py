"""Who may ask the page for what."""

from web_ui.security.settings import SecuritySettings

__all__ = ["SecuritySettings"]
