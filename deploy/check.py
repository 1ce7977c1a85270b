# SPDX-License-Identifier: Apache-2.0
"""What scripts/check-deploy asks of the files in this folder that no tool knows to ask."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

DEPLOY = Path(__file__).parent
ROOT = DEPLOY.parent


def fail(sentence):
    sys.exit(sentence)


def ask(condition, sentence):
    if not condition:
        fail(sentence)


def said(line):
    print(f"  {line}", flush=True)


def load(name):
    return yaml.safe_load((DEPLOY / name).read_text())


# --- Images ---


def images():
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    toolchain = tomllib.loads((ROOT / "rust-toolchain.toml").read_text())["toolchain"]["channel"]
    ask(
        f"FROM rust:{toolchain}-" in dockerfile,
        f"deploy/Dockerfile compiles with another Rust than rust-toolchain.toml's {toolchain}.",
    )
    ask("cargo build --workspace --bins --locked" in dockerfile, "deploy/Dockerfile builds without --locked.")
    # The last user of the stage that all images come from.
    base = dockerfile.split(" AS base")[1].split("\nFROM ")[0]
    ask(re.search(r"^USER [1-9]\d+:[1-9]\d+$", base, re.M), "deploy/Dockerfile: images run as root, or by a name.")
    stages = re.findall(r"^FROM (\S+) AS (\S+)", dockerfile, re.M)
    targets = [name for image, name in stages if image == "base"]
    ask(targets == ["node", "indexer", "portal", "cli"], f"deploy/Dockerfile has the targets {targets}.")
    ask(dockerfile.count("HEALTHCHECK") == len(targets), "deploy/Dockerfile: a target says nothing of its health.")
    members = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["members"]
    copied = set((ROOT / ".dockerignore").read_text().split())
    for member in members:
        folder = member.split("/")[0]
        ask(f"!/{folder}" in copied, f".dockerignore keeps the workspace's {folder} out of the images: add !/{folder}.")
    said("images: pinned Rust, --locked, a fixed user, a health check each, every crate copied")


# --- Compose ---


def compose():
    file = load("compose.yaml")
    services, published = file["services"], []
    for name, service in services.items():
        ask(service.get("read_only") is True, f"compose.yaml: {name} can write to its image.")
        ask(service.get("cap_drop") == ["ALL"], f"compose.yaml: {name} keeps capabilities.")
        ask(
            service.get("security_opt") == ["no-new-privileges:true"],
            f"compose.yaml: {name} can gain privileges.",
        )
        ask("privileged" not in service and "network_mode" not in service, f"compose.yaml: {name} is not contained.")
        ours = "build" in service
        ask(ours or not re.search(r":latest$|^[^:]+$", service["image"]), f"compose.yaml: {name}'s image has no version.")
        # Ours have both from the Dockerfile.
        ask(ours or "healthcheck" in service, f"compose.yaml: nobody asks whether {name} is well.")
        ask(ours or not service["user"].startswith("0"), f"compose.yaml: {name} runs as root.")
        for needed, how in service.get("depends_on", {}).items():
            ask(how == {"condition": "service_healthy"}, f"compose.yaml: {name} does not wait for {needed} to be well.")
        published += [name] * len(service.get("ports", []))
        for network in service["networks"]:
            inside = (file["networks"][network] or {}).get("internal") is True
            ask(inside or name == "portal", f"compose.yaml: {name} is in {network}, which leads outside.")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                ask(volume.endswith(":ro"), f"compose.yaml: {name} can write to {source}.")
                made = source.startswith("./network/")
                ask(made or (DEPLOY / source).exists(), f"compose.yaml: {name} mounts {source}, which is not there.")
    ask(published == ["portal"], f"compose.yaml: only the portal may be published, not {published}.")

    validators = [name for name, service in services.items() if "--validator" in (service.get("command") or [])]
    ask(len(validators) == 4, f"compose.yaml has the validators {validators}.")
    taken = set()
    for name in [*validators, "archive"]:
        service = services[name]
        by_path = {mount.split(":")[1]: mount.split(":")[0] for mount in service["volumes"]}
        own = [by_path["/etc/registry/node-key"], by_path["/var/lib/registry/chain"]]
        if name in validators:
            own.append(by_path["/var/lib/registry/keystore"])
            ask("--rpc-external" not in service["command"], f"compose.yaml: the RPC of {name} is open to others.")
        ask(not taken & set(own), f"compose.yaml: {name} shares a key or its data with another node.")
        taken |= set(own)
        ask(by_path["/etc/registry/chain.json"] == "./network/chain.json", f"compose.yaml: {name} has a chain of its own.")
        ask("--rpc-methods=safe" in service["command"], f"compose.yaml: {name} answers unsafe RPC methods.")
    for needed in ("postgres", "archive"):
        ask(needed in services["indexer"]["depends_on"], f"compose.yaml: the indexer starts without {needed}.")
    for name in ("prometheus", "grafana", "node-exporter"):
        ask(services[name].get("profiles") == ["monitoring"], f"compose.yaml: {name} is not optional.")

    scraped = load("prometheus/prometheus.yml")["scrape_configs"]
    for job in scraped:
        for target in job["static_configs"][0]["targets"]:
            host = target.split(":")[0]
            ask("monitoring" in services.get(host, {}).get("networks", []), f"prometheus.yml: {target} is not in compose.yaml.")
    said(f"compose: {len(services)} services, read-only, without privileges; the portal alone is published")


# --- systemd ---


def units():
    folder = DEPLOY / "systemd"
    for unit in sorted(folder.glob("*.service")):
        text = unit.read_text()
        user = re.search(r"^User=(\S+)$", text, re.M)
        ask(user, f"{unit.name} names no user.")
        ask(f"u {user[1]} " in (folder / "registry.sysusers").read_text(), f"registry.sysusers lacks {user[1]}.")
        ask("\nRestart=on-failure\n" in text, f"{unit.name} is not started again after a failure.")
        ask(re.search(r"^LimitNOFILE=\d+$", text, re.M), f"{unit.name} has the default number of open files.")
        environment = re.search(r"^EnvironmentFile=/etc/registry/(\S+)$", text, re.M)[1].replace("%i", "*")
        ask(list(folder.glob(environment)), f"There is no example of {unit.name}'s {environment}.")
    said("systemd: each unit with a user of its own, restarts, open files, and an example of its options")


def options(programs):
    """Every option given to one of our programs is one that it knows."""
    given = {"registry-node": set(), "registry-indexer run": set(), "registry-portal": set()}
    for service in load("compose.yaml")["services"].values():
        if (target := service.get("build", {}).get("target")) == "node":
            given["registry-node"] |= {word.split("=")[0] for word in service["command"]}
    variables = {"registry-indexer run": set(), "registry-portal": set()}
    for file in sorted((DEPLOY / "systemd").glob("*.env")):
        for name, value in re.findall(r"^([A-Z_]+)=(.*)$", file.read_text(), re.M):
            if name == "NODE_OPTIONS":
                given["registry-node"] |= {word.split("=")[0] for word in value.split()}
            else:
                variables[{"indexer": "registry-indexer run", "portal": "registry-portal"}[file.stem]].add(name)
    for unit in (DEPLOY / "systemd").glob("*.service"):
        program, *words = re.search(r"^ExecStart=/usr/bin/(.*)$", unit.read_text(), re.M)[1].split()
        given[program if program in given else f"{program} {words[0]}"] |= {
            word.split("=")[0] for word in words if word.startswith("--")
        }
    for command, asked in given.items():
        program, *rest = command.split()
        help_text = subprocess.run(
            [f"{programs}/{program}", *rest, "--help"], capture_output=True, text=True, check=True
        ).stdout
        known = set(re.findall(r"--[a-z0-9-]+", help_text))
        ask(asked <= known, f"{command} does not know {', '.join(sorted(asked - known))}.")
        unread = {name for name in variables.get(command, set()) if f"[env: {name}" not in help_text}
        ask(not unread, f"{command} does not read {', '.join(sorted(unread))}.")
    said("options: node, indexer and portal know all that compose.yaml and the units give them")


# --- Prometheus and Grafana ---

WORDS = {"and", "or", "unless", "offset", "bool"}


def metrics_of(expression):
    """The metrics that a PromQL expression reads, each with the job that it asks for."""
    labels = r"\b(by|on|ignoring|without|group_left|group_right)\s*\([^)]*\)"
    text = re.sub(labels, " ", re.sub(r"\[[^\]]*\]", "", expression))
    found = set()
    # A name, and what follows it: the selector of a metric, or the bracket of a function.
    for name, after in re.findall(r"(?<![\w.])([a-zA-Z_:][\w:]*)\s*(\{[^}]*\}|\()?", text):
        if after != "(" and name not in WORDS:
            job = re.search(r'job="(\w+)"', after)
            found.add((job[1] if job else None, name))
    return found


def rules_of(file):
    return [rule for group in load(file)["groups"] for rule in group["rules"]]


def alerts():
    rules = rules_of("prometheus/alerts.yml")
    names = [rule["alert"] for rule in rules]
    ask(len(set(names)) == len(names), "alerts.yml: two alerts have one name.")
    for rule in rules:
        name, notes = rule["alert"], rule["annotations"]
        ask(rule["labels"].get("severity") in ("warning", "critical"), f"alerts.yml: {name} has no severity.")
        for note in ("summary", "description", "runbook_url"):
            ask(notes.get(note), f"alerts.yml: {name} has no {note}.")
        page = notes["runbook_url"]
        ask(page.startswith("docs/how-to/"), f"alerts.yml: the runbook of {name} is not one of docs/how-to.")
        ask((ROOT / page).is_file(), f"alerts.yml: the runbook of {name}, {page}, is not there.")
    fires, silent = set(), set()
    for test in load("prometheus/alerts_test.yml")["tests"]:
        seen = [
            set(re.findall(r'alertname="(\w+)"', str(check["exp_samples"]))) for check in test["promql_expr_test"]
        ]
        for alert in set().union(*seen):
            fires.add(alert)
            if any(alert not in firing for firing in seen):
                silent.add(alert)
    ask(fires == set(names), f"alerts_test.yml: no test fires {sorted(set(names) - fires)}.")
    ask(silent == set(names), f"alerts_test.yml: no test keeps silent {sorted(set(names) - silent)}.")
    said(f"alerts: {len(rules)}, each with severity, text and a runbook that is there, tested firing and silent")


def panels_of(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def dashboard(rules_file):
    file = json.loads((DEPLOY / "grafana/registry.json").read_text())
    variables = {variable["name"] for variable in file["templating"]["list"]}
    ask("datasource" in variables, "registry.json: the data source is not a variable.")
    panels = panels_of(file)
    ids = [panel["id"] for panel in file["panels"]]
    ask(len(set(ids)) == len(ids), "registry.json: two panels have one id.")
    rules = []
    for panel in panels:
        title = panel["title"]
        ask(panel["fieldConfig"]["defaults"].get("unit"), f"registry.json: {title} has no unit.")
        ask(panel.get("description"), f"registry.json: {title} does not say what it shows.")
        for target in panel["targets"]:
            ask(target["datasource"]["uid"] == "${datasource}", f"registry.json: {title} has a data source of its own.")
            rules.append({"record": f"panel:{panel['id']}", "expr": plain(target["expr"])})
    # promtool reads rules only: as such it can tell whether the panels' expressions are PromQL.
    Path(rules_file).write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    said(f"dashboard: {len(panels)} panels, each with unit and description, the data source a variable")


def plain(expression):
    return expression.replace("$__rate_interval", "5m").replace("$node", ".*")


def metrics():
    lines = (DEPLOY / "prometheus/metrics.txt").read_text().splitlines()
    scraped = {tuple(line.split()) for line in lines if not line.startswith("#")}
    jobs = {job["job_name"] for job in load("prometheus/prometheus.yml")["scrape_configs"]}
    # Prometheus makes this one itself.
    scraped |= {(job, "up") for job in jobs}
    asked = {f"alert {rule['alert']}": rule["expr"] for rule in rules_of("prometheus/alerts.yml")}
    for panel in panels_of(json.loads((DEPLOY / "grafana/registry.json").read_text())):
        for target in panel["targets"]:
            asked[f"panel {panel['title']} {target['refId']}"] = plain(target["expr"])
    used = set()
    for where, expression in asked.items():
        found = metrics_of(expression)
        ask(found, f"{where} reads no metric.")
        for job, name in found:
            ask(job, f"{where} reads {name} of any job.")
            ask(
                (job, name) in scraped,
                f"{where} reads {name} of {job}, which no scrape has shown: is it spelled right? "
                "If the program has it, run scripts/update-metrics.",
            )
        used |= found
    said(f"metrics: the {len(used)} that alerts and dashboard read were all scraped from running programs")


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    {
        "images": images,
        "compose": compose,
        "units": units,
        "options": options,
        "alerts": alerts,
        "dashboard": dashboard,
        "metrics": metrics,
    }[what](*arguments)
