"""Ids: UUIDv7, so that a table's newest rows lie together, with a type of its own for each noun."""

from typing import NewType
from uuid import UUID

import uuid_utils.compat

PersonId = NewType("PersonId", UUID)
DeploymentId = NewType("DeploymentId", UUID)
ProcessDefinitionId = NewType("ProcessDefinitionId", UUID)
ProcessInstanceId = NewType("ProcessInstanceId", UUID)
UserTaskId = NewType("UserTaskId", UUID)
JobId = NewType("JobId", UUID)
IncidentId = NewType("IncidentId", UUID)
MessageId = NewType("MessageId", UUID)
AttachmentId = NewType("AttachmentId", UUID)
RecordId = NewType("RecordId", UUID)

# A municipality's id is a word in addresses and settings ("askersund"), chosen once.
MunicipalityId = NewType("MunicipalityId", str)


def new_id() -> UUID:
    """A new UUIDv7: unique, and later ones sort after earlier ones."""
    return uuid_utils.compat.uuid7()
