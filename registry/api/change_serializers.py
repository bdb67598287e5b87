"""What operators send to change what is in use, and what they get, as DRF serializers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.errors import PortalError
from core.text import did_you_mean, quote


class StrictSerializer(serializers.Serializer[Any]):
    """Rejects unknown fields, and values of another type."""

    def to_internal_value(self, data: Any) -> Any:
        for name, value in data.items():
            if name not in self.fields:
                near = did_you_mean(name, self.fields)
                raise PortalError(
                    "invalid_request", f"{quote(name)} is not a field.{near}", param=name
                )
            kind, words = WORDS[type(self.fields[name])]
            if type(value) is not kind:
                raise PortalError("invalid_request", f"'{name}' must be {words}.", param=name)
        return super().to_internal_value(data)

    def checked(self) -> dict[str, Any]:
        """Return the validated data. Raises PortalError, which names the first field at fault."""
        if not self.is_valid():
            name, messages = next(iter(self.errors.items()))
            raise PortalError("invalid_request", f"{name}: {messages[0]}", param=name)
        return dict(self.validated_data)


WORDS: dict[type[Any], tuple[type[Any], str]] = {
    serializers.CharField: (str, "text"),
    serializers.BooleanField: (bool, "true or false"),
}


class SetPrimarySerializer(StrictSerializer):
    """The new primary of a capability. `force` allows a deprecated model."""

    capability = serializers.CharField(
        max_length=32, help_text="The capability whose default is set, such as `chat`."
    )
    model = serializers.CharField(
        max_length=300, help_text="The ID of a listed model with that capability."
    )
    reason = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        help_text="Why, for the record of changes.",
    )
    force = serializers.BooleanField(required=False, help_text="Allow a deprecated model.")


class ResetPrimarySerializer(StrictSerializer):
    """The capability that uses the file's default again."""

    capability = serializers.CharField(
        max_length=32, help_text="The capability whose primary is removed."
    )
    reason = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        help_text="Why, for the record of changes.",
    )


class EmptySerializer(StrictSerializer):
    """Nothing: `{}`."""


class DryRunSerializer(StrictSerializer):
    """A text to try as models.yaml. Variables in it are not looked up."""

    text = serializers.CharField(trim_whitespace=False, help_text="The whole text of the file.")


class ProblemSerializer(serializers.Serializer[Any]):
    """A mistake and its place in the file, from 1."""

    line = serializers.IntegerField(help_text="The line, from 1.")
    column = serializers.IntegerField(help_text="The column, from 1.")
    message = serializers.CharField(help_text="What is wrong, and what to do.")


class ChangeSerializer(serializers.Serializer[Any]):
    """What an edit does to a provider, model, default or primary."""

    kind = serializers.ChoiceField(
        ["adds", "removes", "changes", "drops"],
        help_text="What happens to it. `drops`: a primary that fits no more.",
    )
    what = serializers.CharField(
        help_text="What it is: a provider, a model, a default or a primary."
    )
    name = serializers.CharField(help_text="Its name or ID.")
    detail = serializers.CharField(allow_blank=True, help_text="What is different.")


class ReloadedSerializer(serializers.Serializer[Any]):
    """The changes of a reload."""

    revision = serializers.CharField(help_text="The hash of the file in use now.")
    summary = serializers.CharField(help_text="The changes in a sentence.")
    changes = ChangeSerializer(many=True, help_text="The changes, one by one.")


class DryRunResultSerializer(serializers.Serializer[Any]):
    """The result of a dry run."""

    valid = serializers.BooleanField(help_text="Would the file be taken?")
    summary = serializers.CharField(help_text="The result in a sentence.")
    errors = ProblemSerializer(many=True, help_text="The mistakes for which it would be rejected.")  # type: ignore[assignment]  # DRF has `errors` too
    warnings = ProblemSerializer(many=True, help_text="What is taken, but looks wrong.")
    changes = ChangeSerializer(many=True, help_text="What differs from the file in use.")


class SwitchSerializer(serializers.Serializer[Any]):
    """A change of a primary: the default model now, and before."""

    capability = serializers.CharField(help_text="The capability whose default changed.")
    model = serializers.CharField(
        allow_null=True, help_text="The ID of the default model now; null without one."
    )
    previous = serializers.CharField(
        allow_null=True, help_text="The ID of the default model before; null without one."
    )
    warning = serializers.CharField(
        required=False, help_text="What looks wrong with the new default."
    )
    defaults = serializers.DictField(
        child=serializers.CharField(),
        help_text="The ID of the default model of each capability now.",
    )
