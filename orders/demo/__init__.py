"""Orders of a shop to try: the plan, and how it gets into the books."""

from orders.demo import coupons, plan

__all__ = ["coupons", "plan"]
