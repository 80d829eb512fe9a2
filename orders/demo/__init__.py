"""Orders of a shop to try: the plan, and how it gets into the books."""

from orders.demo import coupons, messages, plan

__all__ = ["coupons", "messages", "plan"]
