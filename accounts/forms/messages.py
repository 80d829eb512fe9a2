"""Which messages an account wants, and where."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from shop import messages
from shop.models import MutedTopic

#: What each topic's field begins with, so that none is called like another field.
ON = "topic_"


class MessageSettingsForm(forms.Form):
    """A switch for each topic; and phone or e-mail, for who has both."""

    channel = forms.ChoiceField(
        label=_("Where we write to"),
        choices=[("sms", _("By text message")), ("mail", _("By e-mail"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.email:
            self.initial["channel"] = "mail" if user.prefers_mail else "sms"
        else:
            del self.fields["channel"]
        rows = MutedTopic.objects.of(user.pk)
        muted = set(rows.values_list("topic", flat=True))
        for topic in messages.topics():
            self.fields[ON + topic.name] = forms.BooleanField(
                label=str(topic.label),
                help_text=str(topic.help_text),
                required=False,
                initial=topic.name not in muted,
            )

    def switches(self) -> list[forms.BoundField]:
        """Return the fields of the topics."""
        return [self[name] for name in self.fields if name.startswith(ON)]

    @property
    def muted(self) -> set[str]:
        """The topics that are off now."""
        names = (topic.name for topic in messages.topics())
        return {name for name in names if not self.cleaned_data[ON + name]}

    @property
    def prefers_mail(self) -> bool | None:
        """None: there is no choice."""
        channel = self.cleaned_data.get("channel")
        return channel == "mail" if channel else None
