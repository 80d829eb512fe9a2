"""Reading pages in tests."""


def errors_at(response, field):
    """Return the sentences beside a field, as a screen reader announces them."""
    html = response.content.decode()
    _before, found, rest = html.partition(f'id="id_{field}_error" role="alert"')
    return rest.partition("</div>")[0] if found else ""
