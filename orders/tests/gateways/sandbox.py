"""The sandbox, as the contract test wants it: it has no server, and no outages."""

from orders.gateways.sandbox import FAILED, SUCCEEDED, Sandbox, reference_of
from orders.models import Payment


class SandboxHere:
    name = "sandbox"
    server = None

    def __init__(self, context):
        self.sandbox = Sandbox()

    def settings(self):
        return {"DEBUG": True}

    def pay(self, payment):
        Payment.objects.filter(pk=payment.pk).update(reference=reference_of(payment))

    def success(self, payment, cents=None):
        amount = None if cents is None else payment.amount.__class__(cents) / 100
        return {"data": self.sandbox.notice(payment, SUCCEEDED, amount=amount)}

    def failure(self, payment):
        return {"data": self.sandbox.notice(payment, FAILED)}

    def forged(self, payment):
        said = self.sandbox.notice(payment, SUCCEEDED)
        return {"data": {**said, "sign": "0" * 64}}

    def tampered(self, payment):
        said = self.sandbox.notice(payment, SUCCEEDED)
        for field in said:
            yield field, {"data": {**said, field: said[field] + "0"}}
            yield f"no {field}", {"data": {k: said[k] for k in said if k != field}}

    def for_others(self, payment):
        payment.number = "somebody-elses"
        yield "order", self.success(payment)

    def is_good(self, response):
        return (response.status_code, response.content) == (200, b"success")

    def is_refused(self, response):
        return (response.status_code, response.content) == (400, b"fail")
