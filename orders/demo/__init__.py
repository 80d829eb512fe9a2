"""Orders of a shop to try: the plan, and how it gets into the books."""

from orders.demo import after_sales, coupons, messages, plan

__all__ = ["after_sales", "coupons", "messages", "plan"]
