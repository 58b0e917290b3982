"""The manifests of deploy/: valid by Kubernetes' published schemas, and the same programs as those of compose.yaml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from smartmoney.settings import known_names
from tests.kit.compose import DEPLOY, SERVICES

VERSION = "1.37"
KUSTOMIZATION = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text())
OBJECTS: list[dict[str, Any]] = [
    item
    for path in KUSTOMIZATION["resources"]
    for item in yaml.safe_load_all((DEPLOY / path).read_text())
]
PODS = {
    item["metadata"]["name"]: item["spec"]["template"]["spec"]
    for item in OBJECTS
    if item["kind"] in ("Deployment", "Job")
}
OURS = [name for name in PODS if name != "proxy"]
NOT_SETTINGS = {"HOME", "FORWARDED_ALLOW_IPS"}


def of(kind: str) -> dict[str, dict[str, Any]]:
    return {item["metadata"]["name"]: item for item in OBJECTS if item["kind"] == kind}


def container(name: str) -> dict[str, Any]:
    (only,) = PODS[name]["containers"]
    return only


def environment(name: str) -> dict[str, Any]:
    return {entry["name"]: entry for entry in container(name)["env"]}


def keys(path: Path) -> set[str]:
    return set(re.findall(r"(?m)^([A-Z_]+)=", path.read_text()))


@pytest.mark.parametrize(
    "item", OBJECTS, ids=lambda item: f"{item['kind']}-{item['metadata']['name']}"
)
def test_it_is_valid_by_the_published_schema(item: dict[str, Any]) -> None:
    kubernetes_validate.validate(item, VERSION, strict=True)


def test_kustomize_finds_every_file_below_its_own_folder() -> None:
    named = [*KUSTOMIZATION["resources"]]
    for generator in KUSTOMIZATION["configMapGenerator"] + KUSTOMIZATION["secretGenerator"]:
        named += generator.get("envs", [])
        named += [entry.split("=")[-1] for entry in generator.get("files", [])]
    for path in named:
        assert not path.startswith(("/", ".."))
        given = path.startswith(("tls/", "login/")) or path == "kubernetes/secret.env"
        assert given or (DEPLOY / path).is_file(), path
    written = {f"kubernetes/{path.name}" for path in (DEPLOY / "kubernetes").glob("*.yaml")}
    assert written == set(KUSTOMIZATION["resources"])


def test_what_is_referred_to_is_made() -> None:
    made = {each["name"] for each in KUSTOMIZATION["configMapGenerator"]}
    sealed = {each["name"] for each in KUSTOMIZATION["secretGenerator"]}
    for name, pod in PODS.items():
        mounted = {mount["name"] for mount in container(name).get("volumeMounts", [])}
        assert mounted == {volume["name"] for volume in pod["volumes"]}, name
        for volume in pod["volumes"]:
            assert volume.get("configMap", {}).get("name", "proxy") in made
            assert volume.get("secret", {}).get("secretName", "tls") in sealed
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            assert claim is None or claim in of("PersistentVolumeClaim")


@pytest.mark.parametrize("name", OURS)
def test_it_is_the_service_of_compose(name: str) -> None:
    assert container(name)["args"] == SERVICES[name]["command"]
    told = environment(name)
    assert set(SERVICES[name].get("environment", {})) <= set(told)
    for key, value in SERVICES[name].get("environment", {}).items():
        if "${" not in value and key != "REPORTS_URL":
            assert told[key]["value"] == value
    assert set(told) - NOT_SETTINGS <= set(known_names())


def test_every_secret_is_asked_for_and_every_setting_known() -> None:
    secrets = {
        entry["valueFrom"]["secretKeyRef"]["key"]
        for name in PODS
        for entry in environment(name).values()
        if "valueFrom" in entry
    }
    assert keys(DEPLOY / "kubernetes" / "secret.env.example") == secrets
    assert keys(DEPLOY / "kubernetes" / "settings.env") <= set(known_names())


def test_pages_and_api_know_the_reading_password_only() -> None:
    for name in ("voila", "api"):
        assert "DATABASE_READ_URL" in environment(name)
        assert "DATABASE_URL" not in environment(name)


@pytest.mark.parametrize("name", PODS)
def test_no_service_becomes_a_setting(name: str) -> None:
    """Kubernetes tells each pod of the services beside it as API_PORT=tcp://…, unless it is told not to."""
    linked = {f"{service.upper()}_PORT" for service in of("Service")}
    assert linked & set(known_names()), "else this could be left out"
    assert PODS[name]["enableServiceLinks"] is False


@pytest.mark.parametrize("name", OURS)
def test_it_runs_as_nobody_in_particular(name: str) -> None:
    assert PODS[name]["securityContext"]["runAsNonRoot"] is True
    assert PODS[name]["automountServiceAccountToken"] is False
    secured = container(name)["securityContext"]
    assert secured["readOnlyRootFilesystem"] is True
    assert secured["allowPrivilegeEscalation"] is False
    assert secured["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize("name", [name for name in OURS if name != "migrate"])
def test_it_is_probed_and_bounded(name: str) -> None:
    asked = container(name)
    assert {"startupProbe", "readinessProbe"} <= set(asked)
    for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
        probe = asked.get(kind, {}).get("httpGet")
        assert probe is None or probe["path"] in " ".join(SERVICES[name]["healthcheck"]["test"])
    assert "memory" in asked["resources"]["limits"]
    assert {"cpu", "memory"} <= set(asked["resources"]["requests"])


def test_api_and_workers_grow_with_load_and_nothing_else_does() -> None:
    scaled = of("HorizontalPodAutoscaler")
    assert set(scaled) == {"api", "worker"}
    for name, deployment in of("Deployment").items():
        assert ("replicas" in deployment["spec"]) != (name in scaled), (
            "a scaler sets replicas alone"
        )
        assert name in scaled or deployment["spec"]["replicas"] == 1


def test_the_door_finds_each_server_by_its_name_and_port() -> None:
    rules = (DEPLOY / "nginx.conf.template").read_text()
    for upstream, port in set(re.findall(r"proxy_pass http://(\w+):(\d+)", rules)):
        (listening,) = of("Service")[upstream]["spec"]["ports"]
        assert listening["port"] == int(port)
        assert container(upstream)["ports"][0]["containerPort"] == int(port)
        (allowed,) = of("NetworkPolicy")[upstream]["spec"]["ingress"]
        assert allowed["ports"] == [{"port": int(port)}]


def test_nobody_but_worker_and_door_leaves_for_more_than_the_database() -> None:
    kept = of("NetworkPolicy")["inside"]["spec"]["podSelector"]["matchExpressions"][0]["values"]
    assert set(PODS) - set(kept) == {"worker", "proxy"}
    assert of("NetworkPolicy")["nothing"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
