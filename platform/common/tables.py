"""Many tables made by one operation, so that a new database does not wait for model states.

After each CreateModel Django builds anew every model that hangs together with the one that came:
with 160 of them nearly all of the time of a `migrate` went into that.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


def create_models(*creations: CreateModel) -> list[Operation]:
    """Make the tables of several models, each after those that it points at."""
    return [CreateModels(*creations)]


class CreateModels(Operation):
    """CreateModel for each of several models, whose states are built once for all of them."""

    def __init__(self, *creations: CreateModel) -> None:
        self.creations = creations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Take the models up; without `apps` none is built until the first table asks for it."""
        state.__dict__.pop("apps", None)
        for creation in self.creations:
            creation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the tables."""
        for creation in self.creations:
            creation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Remove the tables, the last one first."""
        for creation in reversed(self.creations):
            creation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Name the models, for `migrate --plan`."""
        return f"Create models {', '.join(creation.name for creation in self.creations)}"
