"""Gives the emulated API the CORS settings of the template, as the emulator drops them."""

from typing import TYPE_CHECKING

import boto3
from samcli.yamlhelper import yaml_parse

from stack import layout

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2.type_defs import CorsTypeDef


def apply_cors(session: boto3.Session, url: str, api_id: str, origins: str) -> None:
    """`origins` as in the template's parameter: separated by commas, or empty for none."""
    if not origins:
        return
    api = yaml_parse(layout.TEMPLATE.read_text())["Resources"]["Api"]
    _, template, _ = api["Properties"]["CorsConfiguration"]["Fn::If"]
    configuration: CorsTypeDef = template | {"AllowOrigins": origins.split(",")}
    client = session.client("apigatewayv2", endpoint_url=url)
    client.update_api(ApiId=api_id, CorsConfiguration=configuration)
