"""Requests and responses of the API as DRF serializers: for validation and for OpenAPI."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from core.errors import PortalError
from core.text import did_you_mean, quote


class ModelSerializer(serializers.Serializer[Any]):
    """A listed model."""

    id = serializers.CharField()
    provider = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField()
    capabilities = serializers.ListField(child=serializers.CharField())
    description = serializers.CharField(allow_null=True)
    context_window = serializers.IntegerField(allow_null=True)
    deprecated = serializers.BooleanField()
    replacement = serializers.CharField(allow_null=True)
    ends = serializers.DateField(allow_null=True)
    price = serializers.DictField(child=serializers.FloatField(), allow_null=True)


class PrimarySerializer(serializers.Serializer[Any]):
    """A default that was set at run time."""

    model = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    reason = serializers.CharField(allow_blank=True)


@extend_schema_serializer(many=False)  # the answer of a list, and no list itself
class ModelsSerializer(serializers.Serializer[Any]):
    """The models, and the defaults."""

    defaults = serializers.DictField(child=serializers.CharField())
    primaries = serializers.DictField(child=PrimarySerializer())
    models = ModelSerializer(many=True)


class HealthSerializer(serializers.Serializer[Any]):
    """A provider's health at the last check."""

    status = serializers.ChoiceField(
        ["healthy", "degraded", "unreachable", "auth_failed", "unconfigured", "unknown"]
    )
    detail = serializers.CharField(allow_blank=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    age_seconds = serializers.IntegerField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    latency_ms = serializers.IntegerField(allow_null=True)
    missing = serializers.ListField(child=serializers.CharField())
    skipped_until = serializers.DateTimeField(allow_null=True)
    servers = serializers.DictField(required=False)
    not_listed = serializers.ListField(child=serializers.CharField(), required=False)
    history = serializers.ListField(child=serializers.DictField(), required=False)
    traffic = serializers.DictField(required=False)


class RejectedSerializer(serializers.Serializer[Any]):
    """A rejected edit of the file; only operators see its problems."""

    at = serializers.DateTimeField()
    problems = serializers.ListField(child=serializers.CharField())


class StatusSerializer(ModelsSerializer):
    """The models, the health of their providers, and the file's revision."""

    health = serializers.DictField(child=HealthSerializer())
    revision = serializers.CharField()
    rejected_edit = RejectedSerializer(allow_null=True)
    worker = serializers.CharField()
    store = serializers.DictField(child=serializers.BooleanField())
    workers = serializers.ListField(child=serializers.DictField(), required=False)


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

    capability = serializers.CharField(max_length=32)
    model = serializers.CharField(max_length=300)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
    force = serializers.BooleanField(required=False)


class ResetPrimarySerializer(StrictSerializer):
    """The capability that uses the file's default again."""

    capability = serializers.CharField(max_length=32)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class EmptySerializer(StrictSerializer):
    """Nothing: `{}`."""


class DryRunSerializer(StrictSerializer):
    """A text to try as models.yaml. Variables in it are not looked up."""

    text = serializers.CharField(trim_whitespace=False)


class ProblemSerializer(serializers.Serializer[Any]):
    """A mistake and its place in the file, from 1."""

    line = serializers.IntegerField()
    column = serializers.IntegerField()
    message = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    """What an edit does to a provider, model, default or primary."""

    kind = serializers.ChoiceField(["adds", "removes", "changes", "drops"])
    what = serializers.CharField()
    name = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)


class ReloadedSerializer(serializers.Serializer[Any]):
    """The changes of a reload."""

    revision = serializers.CharField()
    summary = serializers.CharField()
    changes = ChangeSerializer(many=True)


class DryRunResultSerializer(serializers.Serializer[Any]):
    """The result of a dry run."""

    valid = serializers.BooleanField()
    summary = serializers.CharField()
    errors = ProblemSerializer(many=True)  # type: ignore[assignment]  # DRF has `errors` too
    warnings = ProblemSerializer(many=True)
    changes = ChangeSerializer(many=True)


class SwitchSerializer(serializers.Serializer[Any]):
    """A change of a primary: the default model now, and before."""

    capability = serializers.CharField()
    model = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    warning = serializers.CharField(required=False)
    defaults = serializers.DictField(child=serializers.CharField())


class OpenAIModelSerializer(serializers.Serializer[Any]):
    """A model, as OpenAI's API shows it, with what Anthropic's adds."""

    id = serializers.CharField()
    object = serializers.CharField()
    type = serializers.CharField()
    created = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    display_name = serializers.CharField()
    owned_by = serializers.CharField()
    name = serializers.CharField()
    capabilities = serializers.ListField(child=serializers.CharField())
    context_length = serializers.IntegerField(allow_null=True)
    deprecated = serializers.BooleanField()
    ends = serializers.DateField(allow_null=True)


@extend_schema_serializer(many=False)  # the answer of a list, and no list itself
class OpenAIModelsSerializer(serializers.Serializer[Any]):
    """The models, as OpenAI's API lists them, with what Anthropic's adds."""

    object = serializers.CharField()
    has_more = serializers.BooleanField()
    first_id = serializers.CharField(allow_null=True)
    last_id = serializers.CharField(allow_null=True)
    data = OpenAIModelSerializer(many=True)  # type: ignore[assignment]  # DRF has `data` too
