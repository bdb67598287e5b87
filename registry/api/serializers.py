"""What lists of models and their status hold, as DRF serializers: for OpenAPI."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers


class ModelSerializer(serializers.Serializer[Any]):
    """A listed model."""

    id = serializers.CharField(help_text="The ID that requests name: `provider:name`.")
    provider = serializers.CharField(help_text="The section of models.yaml that the model is in.")
    name = serializers.CharField(help_text="The name that the provider knows.")
    title = serializers.CharField(help_text="The name for people.")
    capabilities = serializers.ListField(
        child=serializers.CharField(),
        help_text="What the model can do: `chat`, `sql`, `embeddings` and others.",
    )
    description = serializers.CharField(
        allow_null=True, help_text="What the model is for, as the file says."
    )
    context_window = serializers.IntegerField(
        allow_null=True, help_text="How many tokens a request and its answer may have."
    )
    deprecated = serializers.BooleanField(help_text="Is the model to be replaced?")
    replacement = serializers.CharField(
        allow_null=True, help_text="The ID of the model to use instead."
    )
    ends = serializers.DateField(
        allow_null=True, help_text="The day on which its provider ends it, as the file says."
    )
    price = serializers.DictField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="Prices by what is counted, per million tokens; null without one.",
    )


class PrimarySerializer(serializers.Serializer[Any]):
    """A default that was set at run time."""

    model = serializers.CharField(help_text="The ID of the model.")
    by = serializers.CharField(help_text="The username of who set it.")
    at = serializers.DateTimeField(help_text="When it was set.")
    reason = serializers.CharField(allow_blank=True, help_text="Why, in the words of who set it.")


@extend_schema_serializer(many=False)  # the answer of a list, and no list itself
class ModelsSerializer(serializers.Serializer[Any]):
    """The models, and the defaults."""

    defaults = serializers.DictField(
        child=serializers.CharField(),
        help_text="The ID of the default model of each capability, primaries included.",
    )
    primaries = serializers.DictField(
        child=PrimarySerializer(),
        help_text="Of these, the defaults that were set at run time, by capability.",
    )
    models = ModelSerializer(many=True, help_text="The models that the caller may use.")


class HealthSerializer(serializers.Serializer[Any]):
    """A provider's health at the last check."""

    status = serializers.ChoiceField(
        ["healthy", "degraded", "unreachable", "auth_failed", "unconfigured", "unknown"],
        help_text="The result of the last check.",
    )
    detail = serializers.CharField(
        allow_blank=True, help_text="What the provider answered, for operators; empty for others."
    )
    checked_at = serializers.DateTimeField(allow_null=True, help_text="When it was checked.")
    age_seconds = serializers.IntegerField(
        allow_null=True, help_text="How long ago it was checked."
    )
    since = serializers.DateTimeField(
        allow_null=True, help_text="Since when it has had this status."
    )
    latency_ms = serializers.IntegerField(allow_null=True, help_text="How long the check took.")
    missing = serializers.ListField(
        child=serializers.CharField(),
        help_text="IDs of models of the file that the provider does not have.",
    )
    skipped_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when requests go to other models, after failures."
    )
    servers = serializers.DictField(
        required=False, help_text="The health of each server of the provider, by name."
    )
    not_listed = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Names of models that the provider has, but not the file; for operators.",
    )
    history = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="The last checks, oldest first."
    )
    traffic = serializers.DictField(
        required=False, help_text="What real requests showed in the last minutes."
    )


class RejectedSerializer(serializers.Serializer[Any]):
    """A rejected edit of the file; only operators see its problems."""

    at = serializers.DateTimeField(help_text="When the edit was rejected.")
    problems = serializers.ListField(
        child=serializers.CharField(),
        help_text="Its mistakes, each with its place in the file; empty for others than operators.",
    )


class StatusSerializer(ModelsSerializer):
    """The models, the health of their providers, and the file's revision."""

    health = serializers.DictField(
        child=HealthSerializer(), help_text="The health of each provider, by its name."
    )
    revision = serializers.CharField(help_text="The hash of the file in use.")
    rejected_edit = RejectedSerializer(
        allow_null=True, help_text="The last edit of the file, if it was rejected."
    )
    worker = serializers.CharField(help_text="The process that answered.")
    store = serializers.DictField(
        child=serializers.BooleanField(),
        help_text="Which stores that workers share respond, by name.",
    )
    workers = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="The workers, and the file that each uses; for operators.",
    )


class OpenAIModelSerializer(serializers.Serializer[Any]):
    """A model, as OpenAI's API shows it, with what Anthropic's adds."""

    id = serializers.CharField(help_text="The ID that requests name: `provider:name`.")
    object = serializers.CharField(help_text="Always `model`.")
    type = serializers.CharField(help_text="Always `model`, for Anthropic's client.")
    created = serializers.IntegerField(
        help_text="When the file in use was loaded, in Unix seconds."
    )
    created_at = serializers.DateTimeField(
        help_text="The same as a date and time, for Anthropic's client."
    )
    display_name = serializers.CharField(help_text="The name for people, for Anthropic's client.")
    owned_by = serializers.CharField(help_text="The name of the provider.")
    name = serializers.CharField(help_text="The name for people.")
    capabilities = serializers.ListField(
        child=serializers.CharField(), help_text="What the model can do."
    )
    context_length = serializers.IntegerField(
        allow_null=True, help_text="How many tokens a request and its answer may have."
    )
    deprecated = serializers.BooleanField(help_text="Is the model to be replaced?")
    ends = serializers.DateField(
        allow_null=True, help_text="The day on which its provider ends it, as the file says."
    )


@extend_schema_serializer(many=False)  # the answer of a list, and no list itself
class OpenAIModelsSerializer(serializers.Serializer[Any]):
    """The models, as OpenAI's API lists them, with what Anthropic's adds."""

    object = serializers.CharField(help_text="Always `list`.")
    has_more = serializers.BooleanField(help_text="Always false: the list is whole.")
    first_id = serializers.CharField(
        allow_null=True, help_text="The ID of the first model; null without one."
    )
    last_id = serializers.CharField(
        allow_null=True, help_text="The ID of the last model; null without one."
    )
    data = OpenAIModelSerializer(many=True, help_text="The models that the caller may use.")  # type: ignore[assignment]  # DRF has `data` too
