"""Whether a host name of your own can be served: certificate, DNS, and that no one has it yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operations.checks import Checks, Finding, Skipped
from operations.doctor.plan import Plan


@dataclass(frozen=True)
class Domain:
    plan: Plan

    def checks(self) -> Checks:
        return (
            ("certificate", self.check_certificate),
            ("domain", self.check_domain),
            ("Route 53 zone", self.check_zone),
            ("DNS record", self.check_record),
        )

    def check_certificate(self) -> Finding:
        name, arn = self._name(), self.plan.value("CertificateArn")
        expected = f"issued here for {name}"
        if not arn:
            return Finding.equal(expected, "no CertificateArn")
        region = (arn.split(":") + [""] * 4)[3]
        if region != self.plan.session.region_name:
            return Finding.equal(expected, f"in {region}, not in {self.plan.session.region_name}")
        found = self.plan.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
        names = {found["DomainName"], *found.get("SubjectAlternativeNames", ())}
        if found["Status"] != "ISSUED":
            return Finding.equal(expected, f"{found['Status']}, not issued")
        if not any(covers(each, name) for each in names):
            return Finding.equal(expected, f"for {', '.join(sorted(names))}")
        return Finding.equal(expected, expected)

    def check_domain(self) -> Finding:
        """No other API of the account and region has the name."""
        name = self._name()
        if self.plan.is_deployed_with("DomainName"):
            raise Skipped("it is the stack's own")
        try:
            self.plan.client("apigatewayv2").get_domain_name(DomainName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NotFoundException":
                raise
            return Finding.equal("free", "free")
        return Finding.equal("free", f"{name} is another API's")

    def check_zone(self) -> Finding:
        name, zone_id = self._name(), self._zone_id()
        try:
            zone = self.plan.client("route53").get_hosted_zone(Id=zone_id)["HostedZone"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchHostedZone":
                raise
            return Finding.equal(f"a public one of {name}", f"there is no {zone_id}")
        apex = zone["Name"].rstrip(".").lower()
        is_private = zone.get("Config", {}).get("PrivateZone", False)
        kind = "a private one" if is_private else "a public one"
        of = name if name == apex or name.endswith(f".{apex}") else apex
        return Finding.equal(f"a public one of {name}", f"{kind} of {of}")

    def check_record(self) -> Finding:
        """CloudFormation makes one, and does not take over another."""
        name, zone_id = self._name(), self._zone_id()
        if self.plan.is_deployed_with("DomainName"):
            raise Skipped("it is the stack's own")
        taken = sorted(each["Type"] for each in self._records(name, zone_id))
        clash = [each for each in taken if each in ("A", "CNAME")]
        return Finding.equal("free", f"{name} has {', '.join(clash)}" if clash else "free")

    def _records(self, name: str, zone_id: str) -> list[Any]:
        found = self.plan.client("route53").list_resource_record_sets(
            HostedZoneId=zone_id, StartRecordName=name, MaxItems="10"
        )["ResourceRecordSets"]
        return [each for each in found if each["Name"].rstrip(".") == name]

    def _name(self) -> str:
        name = self.plan.value("DomainName")
        if not name:
            raise Skipped("no DomainName: API Gateway gives the API a name")
        return name

    def _zone_id(self) -> str:
        zone_id = self.plan.value("HostedZoneId")
        if not zone_id:
            raise Skipped("no HostedZoneId: point a CNAME to the output DomainTarget")
        return zone_id


def covers(certified: str, name: str) -> bool:
    """A wildcard stands for one label (RFC 6125 §6.4.3)."""
    if certified.startswith("*."):
        return name.partition(".")[2] == certified[2:].lower()
    return certified.lower() == name
