import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from shop import policy
from shop.models import Policy

pytestmark = pytest.mark.django_db


def test_every_rule_has_its_row_after_migrating():
    assert {row.name for row in Policy.objects.all()} >= {
        rule.name for rule in policy.rules()
    }


def test_a_rule_without_a_row_has_its_default():
    Policy.objects.all().delete()
    assert policy.whole("low_stock") == 5


def test_a_changed_rule_holds_from_now_on():
    policy.change("low_stock", "7")
    assert policy.whole("low_stock") == 7


@pytest.mark.parametrize("value", ["-1", "1001", "2.5", "ten", "", "NaN", "Infinity"])
def test_a_value_out_of_bounds_is_refused(value):
    with pytest.raises(ValidationError):
        policy.change("low_stock", value)
    assert policy.whole("low_stock") == 5


def test_command_lists_name_value_and_unit(capsys):
    call_command("policy")
    lines = capsys.readouterr().out.splitlines()
    assert "low_stock\t5\tunits" in lines
    assert all(line.count("\t") == 2 for line in lines)


def test_command_prints_and_changes_a_bare_value(capsys):
    call_command("policy", "low_stock", "9")
    call_command("policy", "low_stock")
    assert capsys.readouterr().out == "9\n9\n"


@pytest.mark.parametrize("arguments", [["nonsense"], ["low_stock", "-3"]])
def test_command_refuses_what_makes_no_sense(arguments):
    with pytest.raises(CommandError):
        call_command("policy", *arguments)


def test_queries_for_many_rules_are_one(django_assert_num_queries):
    with django_assert_num_queries(1):
        policy.amounts([rule.name for rule in policy.rules()])
