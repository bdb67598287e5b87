"""The manifests for Kubernetes: valid by its schemas, closed, and true to the portal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from tests.project.test_containers import HOST
from tests.support.paths import ROOT
from tests.support.portal import Portal

FOLDER = ROOT / "deploy/kubernetes"
FILES = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "kustomization.yaml")
VERSIONS = ("1.30", "1.37")


def documents() -> list[dict[str, Any]]:
    return [one for file in FILES for one in yaml.safe_load_all(file.read_text())]


def of_kind(kind: str) -> dict[str, Any]:
    (found,) = [one for one in documents() if one["kind"] == kind]
    return found


def container() -> dict[str, Any]:
    (one,) = of_kind("StatefulSet")["spec"]["template"]["spec"]["containers"]
    return dict(one)


def check(file: Path, version: str) -> str:
    """Return what is wrong with a manifest."""
    program = Path(sys.executable).parent / "kubernetes-validate"
    done = subprocess.run(
        [program, "--strict", "-k", version, file], capture_output=True, text=True, check=False
    )
    return f"{done.stdout}{done.stderr}" if done.returncode else ""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_kubernetes_takes_the_manifests(file: Path, version: str, tmp_path: Path) -> None:
    assert check(file, version) == ""
    bad = tmp_path / "bad.yaml"
    bad.write_text(file.read_text().replace("\nspec:", "\nspce:"))
    assert "spce" in check(bad, version)


def test_all_files_are_applied() -> None:
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    assert sorted(listed) == [file.name for file in FILES]


def test_the_pod_is_closed() -> None:
    pod = of_kind("StatefulSet")["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert (
        f"--uid {pod['securityContext']['runAsUser']} " in (ROOT / "deploy/Dockerfile").read_text()
    )
    assert not pod["automountServiceAccountToken"]
    closed = container()["securityContext"]
    assert closed["readOnlyRootFilesystem"]
    assert not closed["allowPrivilegeEscalation"]
    assert closed["capabilities"] == {"drop": ["ALL"]}
    assert "memory" in container()["resources"]["limits"]


def test_variables_and_metrics_are_the_portals() -> None:
    known = (ROOT / "aimodels/settings.py").read_text() + (ROOT / "deploy/Dockerfile").read_text()
    assert [one["name"] for one in container()["env"] if one["name"] not in known] == []
    metrics = of_kind("HorizontalPodAutoscaler")["spec"]["metrics"]
    (name,) = [one["pods"]["metric"]["name"] for one in metrics if one["type"] == "Pods"]
    assert name in (ROOT / "registry/usage.py").read_text()


def test_answers_may_end_before_the_pod_is_killed() -> None:
    seconds = of_kind("StatefulSet")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert seconds > settings.DRAIN_SECONDS


@pytest.mark.parametrize("name", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_probes_ask_the_portal(portal: Portal, name: str) -> None:
    ask = container()[name]["httpGet"]
    (host,) = [one["value"] for one in ask["httpHeaders"] if one["name"] == "Host"]
    assert host == HOST
    assert portal.get(ask["path"], who=None, headers={"Host": "localhost"}).status_code == 200
