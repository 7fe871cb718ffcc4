"""Gives the emulated API the CORS settings of the template, as the emulator drops them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
from samcli.yamlhelper import yaml_parse

from stack import layout

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2.type_defs import CorsTypeDef


def apply_cors(
    session: boto3.Session, url: str, api_id: str, parameters: Mapping[str, str]
) -> None:
    """`parameters`: the deployment's; without `CorsAllowOrigins` there is nothing to do."""
    configuration = cors_configuration(parameters)
    if configuration is not None:
        client = session.client("apigatewayv2", endpoint_url=url)
        client.update_api(ApiId=api_id, CorsConfiguration=configuration)


def cors_configuration(parameters: Mapping[str, str]) -> "CorsTypeDef | None":
    """What CloudFormation makes of the template for these parameters; None where CORS is off."""
    api = yaml_parse(layout.TEMPLATE.read_text())["Resources"]["Api"]
    _, template, _ = api["Properties"]["CorsConfiguration"]["Fn::If"]
    origins = _listed(parameters.get("CorsAllowOrigins", ""))
    if not origins:
        return None
    headers = _own(template["AllowHeaders"]) + _listed(parameters.get("CorsAllowHeaders", ""))
    configuration: CorsTypeDef = template | {"AllowOrigins": origins, "AllowHeaders": headers}
    return configuration


def _own(split: dict[str, Any]) -> list[str]:
    """The headers that the template itself lists, of a `Split` of a `Join`."""
    _, joined = split["Fn::Split"]
    _, names = joined["Fn::Join"]
    return [name for name in names if isinstance(name, str)]


def _listed(text: str) -> list[str]:
    return text.split(",") if text else []
