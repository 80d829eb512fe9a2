"""A browser without JavaScript: pages, links and forms, with the CSRF token kept."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.test import Client


class Form:
    """A form of a page: where it goes, and what it would send."""

    def __init__(self, attributes):
        self.action = attributes.get("action") or ""
        self.method = (attributes.get("method") or "get").lower()
        self.fields = {}
        self.buttons = []

    def __repr__(self):
        return f"<form {self.method} {self.action} {sorted(self.fields)}>"


class _Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.forms, self.by_id, self.links = [], {}, []
        self._open, self._select, self._textarea = None, None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self._open = Form(attributes)
            self.forms.append(self._open)
            if "id" in attributes:
                self.by_id[attributes["id"]] = self._open
        elif tag == "a" and attributes.get("href"):
            self.links.append((attributes["href"], attributes.get("data-test", "")))
        elif tag in ("input", "button", "select", "textarea"):
            named = attributes.get("form")
            form = self.by_id.get(named) if named else self._open
            if form is not None:
                self._control(tag, form, attributes)
        elif tag == "option" and self._select:
            form, name = self._select
            if "selected" in attributes or name not in form.fields:
                form.fields[name] = attributes.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data):
        if self._textarea:
            form, name = self._textarea
            form.fields[name] += data

    def _control(self, tag, form, attributes):
        name, value = attributes.get("name"), attributes.get("value", "")
        kind = attributes.get("type", "text")
        if tag == "button" or kind == "submit":
            form.buttons.append(attributes)
        elif tag == "select":
            self._select = (form, name)
        elif tag == "textarea":
            self._textarea = (form, name)
            form.fields[name] = ""
        elif kind in ("radio", "checkbox"):
            if "checked" in attributes:
                form.fields[name] = attributes.get("value", "on")
        elif name and kind != "file":
            form.fields[name] = value


class PlainBrowser:
    """Walks the shop the way a browser does that knows no scripts."""

    def __init__(self):
        self.client = Client(enforce_csrf_checks=True)
        self.address, self.html = "/", ""

    def open(self, address):
        """Go to an address; follow redirects; fail on anything but a page."""
        return self._arrive(self.client.get(address, follow=True), address)

    def follow(self, marker):
        """Follow the first link with this data-test."""
        hrefs = [href for href, test in _Page(self.html).links if test == marker]
        assert hrefs, f"no link {marker} on {self.address}"
        return self.open(urljoin(self.address, hrefs[0]))

    def form(self, action_end):
        """Return the first form whose address ends like this."""
        for form in _Page(self.html).forms:
            target = urljoin(self.address, form.action)
            if urlsplit(target).path.endswith(action_end):
                return form
        raise AssertionError(f"no form {action_end} on {self.address}")

    def submit(self, action_end, *, formaction="", **typed):
        """Type into a form and send it, as its button (or another of its own) does."""
        form = self.form(action_end)
        target = urljoin(self.address, formaction or form.action)
        sent = {**form.fields, **typed}
        if form.method == "post":
            response = self.client.post(
                target, sent, follow=True, headers={"Referer": self._absolute()}
            )
        else:
            response = self.client.get(target, sent, follow=True)
        return self._arrive(response, target)

    def _absolute(self):
        return f"http://testserver{self.address}"

    def _arrive(self, response, address):
        where = (address, response.status_code)
        assert response.status_code == 200, where
        self.address = (
            response.redirect_chain[-1][0] if response.redirect_chain else address
        )
        self.html = response.text
        return self.html
