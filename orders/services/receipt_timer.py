"""The timer of receipt: started by the last parcel, stopped by a request (rows G2-G4).

It runs while `receive_by` is set and stands still while `receipt_left` is; never both.
All of this is part of the transaction of the deed that causes it, and written into the
order's history.
"""

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime

from orders.messages import RECEIPT_NEAR, tell_buyer
from orders.models import Order, OrderEvent
from orders.services.events import write_event
from orders.states import OrderStatus
from shop import clock, policy
from shop.retry import whole_deed

Kind = OrderEvent.Kind


def columns_at_start(at: datetime) -> dict[str, Any]:
    """Return the columns of a timer that starts now, by the rules of now."""
    rules = policy.amounts(["receipt_days", "receipt_reminder_hours"])
    receive_by = at + timedelta(days=int(rules["receipt_days"]))
    notice = timedelta(hours=int(rules["receipt_reminder_hours"]))
    return {
        "receipt_notice": notice,
        "receipt_left": None,
        **_running(receive_by, notice, at),
    }


def frozen(order: Order, at: datetime) -> dict[str, Any]:
    """Return the columns of a timer that is stopped; none when it does not run."""
    left = order.receive_by - at if order.receive_by else timedelta()
    if order.status != OrderStatus.SHIPPED or left <= timedelta():
        return {}
    return {"receive_by": None, "remind_receipt_at": None, "receipt_left": left}


def resumed(order: Order, at: datetime) -> dict[str, Any]:
    """Return the columns of a timer that goes on; none when it does not stand still."""
    if order.receipt_left is None:
        return {}
    running = _running(at + order.receipt_left, order.receipt_notice, at)
    return {"receipt_left": None, **running}


def freeze(*, order_id: int, at: datetime) -> bool:
    """Stop the timer and keep what is left of it, because a request was opened.

    False when no timer runs: nothing was shipped in whole, it stands still already, or
    its time was over by then.
    """
    columns = frozen(_locked(order_id), at)
    if not columns:
        return False
    Order.objects.filter(pk=order_id).update(**columns)
    write_event(
        order_id=order_id, kind=Kind.FROZEN, actor=OrderEvent.Actor.SYSTEM, at=at
    )
    return True


def resume(*, order_id: int, at: datetime) -> bool:
    """Let the timer go on with what was left, because the last open request is over.

    The buyer is reminded anew: the day that was told before is not right any more.
    False when it did not stand still.
    """
    columns = resumed(_locked(order_id), at)
    if not columns:
        return False
    Order.objects.filter(pk=order_id).update(**columns)
    write_event(
        order_id=order_id,
        kind=Kind.RESUMED,
        actor=OrderEvent.Actor.SYSTEM,
        at=at,
        detail=columns["receive_by"].isoformat(),
    )
    return True


def lengthen(
    *,
    order: Order,
    days: int,
    at: datetime,
    actor: OrderEvent.Actor,
    by_id: int | None = None,
) -> None:
    """Give a shipped order's buyer so many more days, whether its timer runs or not.

    `order` is locked by the caller.
    """
    more = timedelta(days=days)
    if order.receive_by:
        receive_by = order.receive_by + more
        _write(order, **_running(receive_by, order.receipt_notice, at))
    elif order.receipt_left is not None:
        _write(order, receipt_left=order.receipt_left + more)
    write_event(
        order_id=order.pk,
        kind=Kind.EXTENDED,
        actor=actor,
        by_id=by_id,
        at=at,
        detail=str(days),
    )


@whole_deed
def remind(order_id: int) -> bool:
    """Tell the buyer, in the order's language, that receipt is near (row G2).

    Once for each deadline; False when that was done, or is not right any more. After
    the deadline the message is not sent, however late it comes to leave.
    """
    order = _locked(order_id)
    if not Order.objects.to_remind_by(clock.now()).filter(pk=order_id).exists():
        return False
    receive_by = order.receive_by
    assert receive_by is not None  # noqa: S101, a reminder is of a running timer
    _write(order, remind_receipt_at=None)
    at = f"{localtime(receive_by):%Y-%m-%d %H:%M}"
    tell_buyer(RECEIPT_NEAR, order_id, at=at, expires_at=receive_by)
    return True


def _running(
    receive_by: datetime, notice: timedelta | None, at: datetime
) -> dict[str, Any]:
    # Less is left than the notice: told at once.
    remind_at = max(at, receive_by - notice) if notice else None
    return {"receive_by": receive_by, "remind_receipt_at": remind_at}


def _locked(order_id: int) -> Order:
    return Order.objects.select_for_update().get(pk=order_id)


def _write(order: Order, **columns: Any) -> None:
    Order.objects.filter(pk=order.pk).update(**columns)
