from django.core import checks


def test_a_shop_without_a_return_address_is_told_so_and_deploys(settings):
    settings.RETURN_ADDRESS_ZH, settings.RETURN_ADDRESS_EN = "上海市", ""
    found = checks.run_checks(include_deployment_checks=True)
    [told] = [each for each in found if each.id == "orders.I001"]
    assert "RETURN_ADDRESS_EN" in told.msg
    assert "RETURN_ADDRESS_ZH" not in told.msg
    assert not told.is_serious()
