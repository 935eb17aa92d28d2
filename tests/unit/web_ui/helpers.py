"""What several tests of the page share."""

from flask.testing import FlaskClient

CODE = "042917"
MARK = "/api/alerts/rf-1/mark"


def token_of(client: FlaskClient) -> str:
    """Return the token that the page gives to its scripts."""
    html = client.get("/").get_data(as_text=True)
    return html.split('name="nunchi-token" content="')[1].split('"')[0]
