from accounts import regions


def test_the_list_has_all_provinces():
    assert len(regions.provinces()) == 34
    assert regions.provinces()[0] == "北京市"


def test_cities_and_districts_hang_on_what_is_above_them():
    assert "深圳市" in regions.cities("广东省")
    assert "南山区" in regions.districts("广东省", "深圳市")
    assert regions.districts("浙江省", "深圳市") == ()
    assert regions.cities("Atlantis") == ()


def test_every_city_has_districts():
    for province in regions.provinces():
        for city in regions.cities(province):
            assert regions.districts(province, city), (province, city)
