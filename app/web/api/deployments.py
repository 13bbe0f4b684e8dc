"""Deployments: a workflow folder becomes a new version of its process definition."""

from uuid import UUID

from fastapi import Response

from app.domain.principals import require_administers, require_system_admin
from app.services.process.deployments import deploy, folder_of
from app.services.process.vettings import judge_folders_apart
from app.web.api.documentation import CHANGES, router
from app.web.api.models import MunicipalityId, ProcessDefinitionOut, Shown
from app.web.api.uploads import FolderFiles, form_of
from app.web.deps import Posting

routes = router("/deployments", "deployments")


class DeployedDefinition(ProcessDefinitionOut):
    """A definition of the deployment; `new` is false when its content was deployed before."""

    new: bool


class DeploymentOut(Shown):
    """What was deployed; `id` is null when nothing was new."""

    id: UUID | None
    definitions: list[DeployedDefinition]


_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": form_of("files", many=True),
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "additionalProperties": False,
                "properties": {"files": {"type": "object", "additionalProperties": {"type": "string"}}},
            }
        },
    },
}


@routes.post(
    "",
    status_code=201,
    response_model=DeploymentOut,
    responses={**CHANGES, 200: {"model": DeploymentOut, "description": "Nothing was new."}},
    openapi_extra={"requestBody": _BODY},
)
def deploy_folder(files: FolderFiles, call: Posting, municipality: MunicipalityId | None = None) -> Response:
    """Deploy a folder for every municipality (system administrators), or as a municipality's own."""
    principal = call.principal
    if municipality is None:
        require_system_admin(principal)
    else:
        require_administers(principal, municipality)
    done = deploy(
        call.uow,
        [folder_of(files)],
        municipality=municipality,
        person_id=principal.id,
        judging=judge_folders_apart,
    )
    rows = [
        DeployedDefinition(**ProcessDefinitionOut.of(row, call.language).model_dump(), new=new)
        for row, new in done.definitions
    ]
    return call.answer(DeploymentOut(id=done.deployment_id, definitions=rows), 201 if done.deployment_id else 200)
