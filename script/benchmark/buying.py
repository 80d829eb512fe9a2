"""Shoppers at work: each flow from its first step to its last, with 1 and 8 clients."""

import html
import http.client
import itertools
import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from benchmark.flows import CLIENTS, PRODUCT, Flow, Step
from benchmark.measure import PATIENCE, ROUNDS, Cost, ask_for, spend
from benchmark.pages import LIST
from benchmark.shop import ROOT, Server

FORM = r'<form [^>]*data-test="{mark}".*?</form>'
#: At a product, before anything is measured; two workers take turns as they like.
LOOKS = 6
#: No buttons: the one that is pressed, the last of its form, has no name.
TAG = re.compile(r"<input [^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


class WrongAnswer(Exception):
    """A step was not answered as it must be."""


@dataclass
class FlowCost(Cost):
    """What a flow cost, round by round; `queries` are those of all its steps."""

    queries_of_steps: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Crowd:
    """Who buys, and what."""

    cookie: str
    sessions: list[str]
    products: list[int]
    hash_cpu: float

    @classmethod
    def gathered(cls, variables: dict[str, str]) -> "Crowd":
        """Make shoppers in the shop that these variables describe."""
        variables = variables | {"DJANGO_SETTINGS_MODULE": "shop.settings"}
        made = subprocess.run(
            [sys.executable, "-m", "benchmark.shoppers"],
            cwd=ROOT,
            env=variables,
            stdout=subprocess.PIPE,
            check=True,
        )
        return cls(**json.loads(made.stdout))


class Shopper:
    """One of the crowd, in a browser that knows cookies and forms."""

    def __init__(self, port: int, crowd: Crowd, number: int) -> None:
        self._connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=PATIENCE
        )
        self._origin = f"https://127.0.0.1:{port}"
        self._cookies = {crowd.cookie: crowd.sessions[number % len(crowd.sessions)]}
        self._address = f"10.0.{number // 250 % 250}.{number % 250 + 1}"
        self._at, self._page = "", ""

    def walk(self, flow: Flow, product: int, *, counting: bool = False) -> list[int]:
        """Take all steps; return the queries of each. Raises WrongAnswer."""
        return [self._take(step, product, counting) for step in flow.steps]

    def close(self) -> None:
        self._connection.close()

    def _take(self, step: Step, product: int, counting: bool) -> int:
        path, body = step.path.format(product=product) or self._at, None
        if step.form:
            path, body = self._filled(step)
        headers = self._headers(counting)
        method = "POST" if step.form else "GET"
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            self._page = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise WrongAnswer(f"{step.name}: {error!r}") from error
        expected = 302 if step.form else 200
        if response.status != expected:
            raise WrongAnswer(f"{step.name}: {response.status} for {path}")
        self._remember(response, path)
        return int(response.headers.get("X-Queries", 0))

    def _headers(self, counting: bool) -> dict[str, str]:
        cookies = "; ".join(f"{name}={text}" for name, text in self._cookies.items())
        headers = {
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": self._address,
            "Accept": "text/html",
            "Accept-Language": "zh-CN",
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self._origin,
            "Referer": self._origin + (self._at or "/"),
            "Cookie": cookies,
        }
        return headers | ({"X-Count-Queries": "1"} if counting else {})

    def _remember(self, response: http.client.HTTPResponse, path: str) -> None:
        for line in response.headers.get_all("Set-Cookie", []):
            name, _equals, text = line.partition(";")[0].partition("=")
            self._cookies[name] = text
        self._at = urlsplit(response.headers.get("Location") or path).path

    def _filled(self, step: Step) -> tuple[str, str]:
        """Return where the form of the last page goes, and what is in it."""
        found = re.search(FORM.format(mark=step.form), self._page, re.S)
        if not found:
            raise WrongAnswer(f"{step.name}: no form {step.form} on {self._at}")
        fields: dict[str, str] = {}
        for tag in TAG.findall(found[0]):
            given = {k: html.unescape(v) for k, v in ATTRIBUTE.findall(tag)}
            is_box = given.get("type") in ("radio", "checkbox")
            if "name" in given and (not is_box or "checked" in given):
                fields.setdefault(given["name"], given.get("value", ""))
        head = dict(ATTRIBUTE.findall(found[0].partition(">")[0]))
        action = html.unescape(head.get("action", "")) or self._at
        return action, urlencode(fields | step.typed)


@dataclass(frozen=True)
class Spell:
    """So many clients take one flow again and again, each time as the next shopper."""

    flow: Flow
    clients: int
    numbers: "itertools.count[int]"


FlowCosts = dict[tuple[Flow, int], FlowCost]


def walk_once(server: Server, crowd: Crowd, flows: list[Flow]) -> list[str]:
    """Take each flow once; return what was answered wrongly."""
    wrong = []
    for flow in flows:
        shopper = Shopper(server.port, crowd, 0)
        try:
            shopper.walk(flow, crowd.products[0])
        except WrongAnswer as error:
            wrong.append(f"{flow.name}: {error}")
        shopper.close()
    return wrong


def measure_flows(
    server: Server, crowd: Crowd, flows: list[Flow], seconds: float
) -> tuple[FlowCosts, Cost]:
    """Take the flows in rounds, with the bare list in each round beside them."""
    costs: FlowCosts = {(flow, n): FlowCost() for flow in flows for n in CLIENTS}
    # Of a count, the next one is taken by one thread at a time.
    bare, numbers = Cost(), itertools.count()
    _keep_pages(server, crowd)
    for (flow, _clients), cost in costs.items():
        _warm_up(server, crowd, flow, cost)
    for _round in range(ROUNDS):
        ask_for(server, LIST, bare, seconds / ROUNDS)
        for (flow, clients), cost in costs.items():
            spell = Spell(flow, clients, numbers)
            _walk_for(server, crowd, spell, cost, seconds / ROUNDS)
    return costs, bare


def _keep_pages(server: Server, crowd: Crowd) -> None:
    """Look at each product so often that every worker keeps its page.

    As in a shop that is open: what is measured is buying, not the first look of all.
    """
    look = Flow("look", (PRODUCT,), most=0)
    for product in crowd.products * LOOKS:
        # A connection of its own, which any of the workers may take.
        shopper = Shopper(server.port, crowd, 0)
        shopper.walk(look, product)
        shopper.close()


def _warm_up(server: Server, crowd: Crowd, flow: Flow, cost: FlowCost) -> None:
    for number in range(4):
        shopper = Shopper(server.port, crowd, number)
        try:
            queries = shopper.walk(flow, crowd.products[0], counting=True)
        except WrongAnswer as error:
            cost.errors.append(str(error))
        else:
            cost.queries_of_steps, cost.queries = queries, sum(queries)
        shopper.close()


def _walk_for(
    server: Server, crowd: Crowd, spell: Spell, cost: FlowCost, seconds: float
) -> None:
    def shop_on(until: float) -> list[float]:
        times: list[float] = []
        while time.perf_counter() < until:
            number = next(spell.numbers)
            shopper = Shopper(server.port, crowd, number)
            product = crowd.products[number % len(crowd.products)]
            began = time.perf_counter()
            try:
                shopper.walk(spell.flow, product)
            except WrongAnswer as error:
                cost.errors.append(str(error))
            times.append(time.perf_counter() - began)
            shopper.close()
        return times

    spend(server, cost, spell.clients, seconds, shop_on)
