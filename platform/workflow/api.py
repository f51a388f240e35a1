"""`/api/v1/jobs/{id}/`: how far long work has come."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tenancy.api import record
from workflow.access import job_for
from workflow.models import Job, JobPart


class JobPartSerializer(serializers.ModelSerializer[JobPart]):
    """One piece of a job."""

    class Meta:
        model = JobPart
        fields: tuple[str, ...] = (
            "id",
            "key",
            "title",
            "step",
            "state",
            "attempts",
            "error",
            "finished_at",
        )


class JobSerializer(serializers.ModelSerializer[Job]):
    """A job with its parts."""

    parts = serializers.SerializerMethodField(label="各部分")
    done = serializers.SerializerMethodField(label="已完成的部分数")

    class Meta:
        model = Job
        fields: tuple[str, ...] = (
            "id", "kind", "title", "subject_type", "subject_id", "state", "created_at",
            "finished_at", "done", "parts",
        )  # fmt: skip

    @extend_schema_field(JobPartSerializer(many=True))
    def get_parts(self, row: Job) -> Any:
        """Return them in their order."""
        parts = sorted(row.parts.all(), key=lambda part: (part.step, part.pk))
        return JobPartSerializer(parts, many=True).data

    def get_done(self, row: Job) -> int:
        """Count what is done."""
        return sum(part.state == JobPart.State.DONE for part in row.parts.all())


JobRecord = record("jobs", "作业进度", JobSerializer, job_for, name="get_job")
