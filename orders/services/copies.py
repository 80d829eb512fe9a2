"""The items of an order: copies of all that was shown when it was placed (row F4)."""

from decimal import Decimal

from orders.lines import Line
from orders.models import Order, OrderItem
from orders.services.coupons import Discount
from shop import money


def items_of(
    order: Order, lines: list[Line], discount: Discount | None
) -> list[OrderItem]:
    """Return the order items of lines, each with its share of the discount."""
    shares = discount.shares if discount else [money.ZERO] * len(lines)
    pairs = zip(lines, shares, strict=True)
    return [item_of(order, line, share) for line, share in pairs]


def item_of(order: Order, line: Line, discount: Decimal = money.ZERO) -> OrderItem:
    """Return the order item of a line, with copies of all that was shown (row F4)."""
    variant, product = line.variant, line.variant.product
    picture = variant.picture.stem if variant.picture else product.main_picture
    return OrderItem(
        order=order,
        product=product,
        variant=variant,
        name_zh=product.name_zh,
        name_en=product.name_en,
        options_zh=" · ".join(filter(None, [variant.option1_zh, variant.option2_zh])),
        options_en=" · ".join(filter(None, [variant.option1_en, variant.option2_en])),
        code=variant.code,
        picture_stem=picture,
        unit_price=variant.price,
        quantity=line.quantity,
        discount_amount=discount,
        amount=line.amount - discount,
    )
