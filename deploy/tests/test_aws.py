"""The CloudFormation templates: free of lint, and created, updated and deleted in a simulated AWS."""

import base64
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from cfnlint.decode import decode
from moto import mock_aws

DEPLOY = Path(__file__).resolve().parent.parent
TEMPLATES = DEPLOY / "aws"
EXAMPLES = sorted((TEMPLATES / "examples").glob("*.json"))
REGION = "us-east-1"
DIGEST = "sha256:" + 64 * "0"
GIVEN = {
    "NetworkStack": "network",
    "SiteName": "hindcast.example.com",
    "AlarmEmail": "operator@example.com",
    "Repository": "example/hindcast",
    "ProviderArn": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
    "SigningKeyArn": f"arn:aws:kms:{REGION}:123456789012:key/00000000-0000-0000-0000-000000000000",
    "InitialImage": f"123456789012.dkr.ecr.{REGION}.amazonaws.com/hindcast@{DIGEST}",
    "InitialProxyImage": f"123456789012.dkr.ecr.{REGION}.amazonaws.com/hindcast-proxy@{DIGEST}",
}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A simulated account, and the parameters that have no default in it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        certificate = boto3.client("acm").request_certificate(DomainName=GIVEN["SiteName"])
        yield {**GIVEN, "CertificateArn": certificate["CertificateArn"]}


def _template(name: str) -> str:
    """Return a template without the reference to a parameter group, which the simulation cannot follow."""
    return (TEMPLATES / name).read_text().replace("DBParameterGroupName: !Ref DatabaseParameters", "")


def _parameters(values: dict[str, Any]) -> list[dict[str, str]]:
    return [{"ParameterKey": name, "ParameterValue": str(value)} for name, value in values.items()]


def _stack(name: str, template: str, values: dict[str, Any], *, update: bool = False) -> dict[str, str]:
    cloudformation = boto3.client("cloudformation")
    act = cloudformation.update_stack if update else cloudformation.create_stack
    act(
        StackName=name,
        TemplateBody=_template(template),
        Parameters=_parameters(values),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == ("UPDATE_COMPLETE" if update else "CREATE_COMPLETE")
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def test_the_linter_has_nothing_to_say_not_even_as_information() -> None:
    command = [
        Path(sys.executable).parent / "cfn-lint",
        "--include-checks",
        "I",
        "--",
        *TEMPLATES.glob("*.yml"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_can_be_created_updated_and_deleted(given: dict[str, str], example: Path) -> None:
    chosen = json.loads(example.read_text())
    network = _stack("network", "network.yml", chosen["network"])
    site = _stack("site", "site.yml", given | chosen["site"])
    assert len(network["PrivateSubnets"].split(",")) == 2
    assert {"Address", "Database", "DatabaseEndpoint", "Fleet", "DeployRole", "UpdateDocument"} <= set(site)
    _stack("site", "site.yml", given | chosen["site"] | {"HostsAtMost": 20}, update=True)
    (fleet,) = boto3.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert (fleet["MinSize"], fleet["MaxSize"]) == (chosen["site"]["HostsAtLeast"], 20)
    _delete("site", database=site["Database"])
    _delete_route_tables()
    _delete("network")


def _delete(name: str, *, database: str = "") -> None:
    cloudformation = boto3.client("cloudformation")
    if database:  # as docs/aws.md says: protection is taken off first, by hand
        boto3.client("rds").modify_db_instance(
            DBInstanceIdentifier=database, DeletionProtection=False, ApplyImmediately=True
        )
    cloudformation.delete_stack(StackName=name)
    summaries = cloudformation.list_stacks()["StackSummaries"]
    assert {each["StackName"]: each["StackStatus"] for each in summaries}[name] == "DELETE_COMPLETE"


def _delete_route_tables() -> None:
    """The simulation's stacks leave their route tables behind, which hold on to the network."""
    ec2 = boto3.client("ec2")
    for table in ec2.describe_route_tables()["RouteTables"]:
        if any(association["Main"] for association in table["Associations"]):
            continue
        for association in table["Associations"]:
            ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
        ec2.delete_route_table(RouteTableId=table["RouteTableId"])


def test_the_database_is_private_encrypted_backed_up_and_protected(given: dict[str, str]) -> None:
    chosen = json.loads((TEMPLATES / "examples/standard.json").read_text())
    _stack("network", "network.yml", chosen["network"])
    _stack("site", "site.yml", given | chosen["site"])
    (database,) = boto3.client("rds").describe_db_instances()["DBInstances"]
    assert database["MultiAZ"]
    assert database["StorageEncrypted"]
    assert not database["PubliclyAccessible"]
    assert database["BackupRetentionPeriod"] == 14
    # The simulation forgets this one.
    assert "DeletionProtection: true" in (TEMPLATES / "site.yml").read_text()


def test_hosts_have_no_public_address_encrypted_disks_and_the_second_metadata_service_alone(
    given: dict[str, str],
) -> None:
    chosen = json.loads((TEMPLATES / "examples/standard.json").read_text())
    _stack("network", "network.yml", chosen["network"])
    _stack("site", "site.yml", given | chosen["site"])
    (version,) = boto3.client("ec2").describe_launch_template_versions(Versions=["$Latest"])[
        "LaunchTemplateVersions"
    ]
    data = version["LaunchTemplateData"]
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert not data["NetworkInterfaces"][0]["AssociatePublicIpAddress"]
    assert data["BlockDeviceMappings"][0]["Ebs"]["Encrypted"]
    assert "KeyName" not in data


@pytest.mark.parametrize("address", ["", "rediss://:password@redis.example.internal:6379/0"])
def test_the_first_steps_of_a_host_do_not_show_the_password_of_a_redis(
    given: dict[str, str], address: str
) -> None:
    chosen = json.loads((TEMPLATES / "examples/large.json").read_text())
    _stack("network", "network.yml", chosen["network"])
    _stack("site", "site.yml", given | chosen["site"] | {"TaskBrokerUrl": address})
    steps = _first_steps_of_a_host()
    assert "BROKER_SECRET=" in steps
    assert "password@" not in steps


def test_hosts_reach_a_redis_where_there_is_one_and_read_its_address_from_a_secret() -> None:
    # The simulation makes neither secrets nor ways out, so this reads the template.
    template, problems = decode(str(TEMPLATES / "site.yml"))
    assert not problems
    resources = template["Resources"]
    secret = resources["BrokerSecret"]["Properties"]["SecretString"]["Fn::Sub"]
    assert json.loads(secret) == {"TASK_BROKER_URL": "${TaskBrokerUrl}"}
    _, names = resources["HostTemplate"]["Properties"]["LaunchTemplateData"]["UserData"]["Fn::Base64"][
        "Fn::Sub"
    ]
    assert names == {"Broker": {"Fn::If": ["HasBroker", {"Ref": "BrokerSecret"}, ""]}}
    (policy,) = resources["HostRole"]["Properties"]["Policies"]
    (readable,) = (
        each["Resource"]
        for each in policy["PolicyDocument"]["Statement"]
        if each["Action"] == "secretsmanager:GetSecretValue"
    )
    nothing = {"Ref": "AWS::NoValue"}
    assert {"Fn::If": ["HasBroker", {"Ref": "BrokerSecret"}, nothing]} in readable
    _, _, (condition, way, otherwise) = (
        each.get("Fn::If", each) for each in resources["HostGroup"]["Properties"]["SecurityGroupEgress"]
    )
    assert (condition, way["ToPort"], otherwise) == ("HasBroker", 6379, nothing)


def _first_steps_of_a_host() -> str:
    versions = boto3.client("ec2").describe_launch_template_versions(Versions=["$Latest"])
    (version,) = versions["LaunchTemplateVersions"]
    return base64.b64decode(version["LaunchTemplateData"]["UserData"]).decode()


def test_the_account_s_own_stack_can_be_created_and_deleted(given: dict[str, str]) -> None:
    outputs = _stack("pipeline", "pipeline.yml", {"Repository": "example/hindcast"})
    assert outputs["Images"].endswith("/hindcast")
    role = boto3.client("iam").get_role(RoleName="hindcast-build")["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    subject = statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
    assert subject == (
        "repo:example/hindcast:ref:refs/heads/main:job_workflow_ref:"
        "example/hindcast/.github/workflows/release.yml@refs/heads/main"
    )
    _delete("pipeline")


def test_the_documents_name_the_costs_that_the_estimate_computes() -> None:
    specification = importlib.util.spec_from_file_location("estimate", TEMPLATES / "estimate.py")
    assert specification is not None
    assert specification.loader is not None
    estimate = importlib.util.module_from_spec(specification)
    sys.modules["estimate"] = estimate
    specification.loader.exec_module(estimate)
    assert estimate.table() in (DEPLOY.parent / "docs/aws.md").read_text()


def test_the_role_that_deploys_is_bound_to_the_workflow_on_main_and_images_to_our_repositories() -> None:
    template, _ = decode(str(TEMPLATES / "site.yml"))
    resources = template["Resources"]
    (statement,) = resources["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    subject = statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]["Fn::Sub"]
    assert subject.endswith("/.github/workflows/deploy.yml@refs/heads/main")
    parameters = resources["UpdateDocument"]["Properties"]["Content"]["parameters"]
    for name, repository in (("image", "hindcast"), ("proxyImage", "hindcast-proxy")):
        pattern = parameters[name]["allowedPattern"]["Fn::Sub"]
        assert pattern.startswith("^${AWS::AccountId}\\.dkr\\.ecr\\.")
        assert pattern.endswith(f"/{repository}@sha256:[0-9a-f]{{64}}$")


def test_a_rolling_update_waits_until_a_host_serves(given: dict[str, str]) -> None:
    template, _ = decode(str(TEMPLATES / "site.yml"))
    fleet = template["Resources"]["HostFleet"]
    assert fleet["UpdatePolicy"]["AutoScalingRollingUpdate"]["WaitOnResourceSignals"] is True
    assert fleet["CreationPolicy"]["ResourceSignal"]["Count"] == {"Ref": "HostsAtLeast"}
    chosen = json.loads((TEMPLATES / "examples/standard.json").read_text())
    _stack("network", "network.yml", chosen["network"])
    _stack("site", "site.yml", given | chosen["site"])
    steps = _first_steps_of_a_host()
    order = [steps.index(step) for step in ("kms verify", "docker pull", "hindcast/start", "signal SUCCESS")]
    assert order == sorted(order)
    subprocess.run(["bash", "-n"], input=steps, text=True, check=True)
