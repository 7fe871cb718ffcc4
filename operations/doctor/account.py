"""Whether the account and its region have room for the stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operations.checks import Checks, Finding, Skipped, Verdict
from operations.doctor.plan import Plan
from operations.environment import parameters

# Lambda keeps as many for functions that reserve none.
UNRESERVED = 100
# Of a new account, until it asks for more: 12 misses a second. The quota's usual value is 1,000.
USUAL_CONCURRENCY = 1_000
SEARCH_SECONDS = 0.8
# SnapStart is in all other commercial regions:
# https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-supported-regions
WITHOUT_SNAP_START = ("ap-southeast-6", "ap-east-2")
NOT_COMMERCIAL = ("cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-")
# What is left of a stack that was never there, or that could not be deleted.
TO_DELETE = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")
SAM_STACK = "aws-sam-cli-managed-default"
NOT_THERE = ("ResourceNotFoundException", "NotFoundException", "ValidationError")


@dataclass(frozen=True)
class Account:
    plan: Plan

    def checks(self) -> Checks:
        return (
            ("stack", self.check_stack),
            ("names", self.check_names),
            ("bucket for the build", self.check_bucket),
            ("Lambda concurrency", self.check_concurrency),
            ("DynamoDB quotas", self.check_table_quotas),
            ("Python and SnapStart", self.check_runtime),
        )

    def check_stack(self) -> Finding:
        """A stack whose first deployment failed takes no other, and has to be deleted first."""
        stack = self.plan.deployed
        right = _takes_a_deployment(stack)
        return Finding.judged("none, or one that can be updated", _status(stack), right=right)

    def check_names(self) -> Finding:
        """What bears the stack's name, and may be left of one that was deleted."""
        if self.plan.deployed:
            raise Skipped("the stack is there: they are its own")
        taken = [*self._functions(), *self._log_groups()]
        got = f"taken: {', '.join(taken)}" if taken else "free"
        return Finding.equal("free", got)

    def check_bucket(self) -> Finding:
        """Where `sam deploy` puts what was built."""
        if self.plan.is_local:
            raise Skipped("`make run` makes one in the emulator")
        name = self.plan.options.get("s3_bucket")
        expected = "reachable, or made by sam deploy"
        if name:
            try:
                self.plan.client("s3").head_bucket(Bucket=name)
            except ClientError as error:
                return Finding(
                    expected, f"{name}: {error.response['Error']['Code']}", Verdict.WRONG
                )
            return Finding(expected, str(name), Verdict.RIGHT)
        stack = self._stack(SAM_STACK)
        return Finding.judged(
            expected, f"{SAM_STACK}: {_status(stack)}", right=_takes_a_deployment(stack)
        )

    def check_concurrency(self) -> Finding:
        self._require_an_account()
        limit = self.plan.client("lambda").get_account_settings()["AccountLimit"]
        total, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
        names = ("ReservedConcurrency", "PrefetchReservedConcurrency")
        wanted = sum(int(self.plan.value(each)) for each in names)
        own = sum(int(self._deployed_with(each)) for each in names)
        if wanted and free + own - wanted < UNRESERVED:
            expected = f"{wanted} to reserve, {UNRESERVED} to leave"
            return Finding(expected, f"{free + own} of {total} free", Verdict.WRONG)
        got = f"{total}: {total / SEARCH_SECONDS:,.0f} misses a second"
        verdict = Verdict.RIGHT if total >= USUAL_CONCURRENCY else Verdict.NOTE
        return Finding(f"{USUAL_CONCURRENCY:,}, or what you need", got, verdict)

    def check_table_quotas(self) -> Finding:
        self._require_an_account()
        limits = self.plan.client("dynamodb").describe_limits()
        most = (limits["TableMaxReadCapacityUnits"], limits["TableMaxWriteCapacityUnits"])
        wanted = (int(self.plan.value("TableWarmReads")), int(self.plan.value("TableWarmWrites")))
        right = wanted[0] <= most[0] and wanted[1] <= most[1]
        expected = f"{wanted[0]:,} reads, {wanted[1]:,} writes a second"
        return Finding.judged(expected, f"up to {most[0]:,} and {most[1]:,}", right=right)

    def check_runtime(self) -> Finding:
        self._require_an_account()
        region, runtime = self.plan.session.region_name or "", self.plan.value("PythonRuntime")
        on = self.plan.value("SnapStart") == "on"
        has_it = region not in WITHOUT_SNAP_START and not region.startswith(NOT_COMMERCIAL)
        problem = ""
        if runtime == "python3.11":
            problem = "the image codecs need python3.12 or later"
        elif on and not has_it:
            problem = f"no SnapStart in {region}: SnapStart=off"
        got = problem or f"{runtime}, SnapStart {'on' if on else 'off'}"
        return Finding.judged("what the region has", got, right=not problem)

    def _require_an_account(self) -> None:
        if self.plan.is_local:
            raise Skipped("the emulator has no account's quotas, and starts from no snapshots")

    def _deployed_with(self, name: str) -> str:
        return parameters(self.plan.deployed or {}).get(name, "0")

    def _functions(self) -> list[str]:
        names = (f"{self.plan.stack_name}-search", f"{self.plan.stack_name}-prefetch")
        return [each for each in names if self._function(each)]

    def _function(self, name: str) -> bool:
        try:
            self.plan.client("lambda").get_function_configuration(FunctionName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_THERE:
                return False
            raise
        return True

    def _log_groups(self) -> list[str]:
        name, logs = self.plan.stack_name, self.plan.client("logs")
        wanted = (
            f"/aws/lambda/{name}-search",
            f"/aws/lambda/{name}-prefetch",
            f"/aws/vendedlogs/{name}/api",
        )
        found = [
            group["logGroupName"]
            for each in wanted
            for group in logs.describe_log_groups(logGroupNamePrefix=each)["logGroups"]
        ]
        return [each for each in wanted if each in found]

    def _stack(self, name: str) -> Any:
        try:
            return self.plan.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_THERE:
                return None
            raise


def _takes_a_deployment(stack: Any) -> bool:
    if not stack:
        return True
    status = stack["StackStatus"]
    return status.endswith("_COMPLETE") and status not in TO_DELETE


def _status(stack: Any) -> str:
    status = stack["StackStatus"] if stack else "none yet"
    return f"{status}: delete it first" if status in TO_DELETE else status
